/** The official client, from outside, against the stand-in. */
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OpenApi } from "#lib/testing/openapi-check";
import { TestStandIn } from "../testing.ts";
import { stripeStandIn } from "./stripe-stand-in.ts";

const spec = new OpenApi("stripe.openapi.json");
let standIn: TestStandIn;
let stripe: Stripe;
const problems: string[] = [];

/** Every request and answer of the client is held against Stripe's own description. */
function checkedClient(account: { apiUrl: string; secretKey: string }): Stripe {
  const { hostname, port } = new URL(account.apiUrl);
  const client = Stripe.createFetchHttpClient(async (input: string | URL | Request, init) => {
    const url = new URL(String(input));
    const path = url.pathname + url.search;
    const method = init?.method ?? "GET";
    const body = method === "POST" ? String(init?.body ?? "") : "";
    const response = await fetch(url, init);
    const answer = (await response.clone().json()) as unknown;
    if (!/balance$|account$|nowhere|expand/.test(path + body)) {
      const asked = spec.request({ method, path, ...(body === "" ? {} : { body }) });
      const given = spec.answer({ method, path, status: response.status, body: answer });
      if (response.status < 400)
        problems.push(...asked.map((text) => `${method} ${path}: ${text}`));
      problems.push(...given.map((text) => `${method} ${path} ${response.status}: ${text}`));
    }
    return response;
  });
  return new Stripe(account.secretKey, {
    host: hostname,
    port: Number(port),
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: client,
  });
}

beforeAll(async () => {
  standIn = await TestStandIn.start(stripeStandIn);
  stripe = checkedClient(standIn.account());
});
afterAll(() => standIn.stop());

const returnUrl = "https://shop.example/return";
const create = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 1500,
    currency: "usd",
    automatic_payment_methods: { enabled: true },
    metadata: { transaction_id: "TXN-000000000001" },
    ...more,
  });
const confirm = (id: string, payment_method = "pm_card_visa") =>
  stripe.paymentIntents.confirm(id, { payment_method, return_url: returnUrl });
const paid = async (card?: string) => confirm((await create()).id, card);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: unknown) => error as Stripe.errors.StripeError,
  );

describe("the official client", () => {
  it("creates, reads, confirms and finds a payment", async () => {
    const intent = await create();
    expect(intent).toMatchObject({ status: "requires_payment_method", amount: 1500 });
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_\\w+$`));
    const done = await confirm(intent.id);
    expect(done).toMatchObject({ status: "succeeded", amount_received: 1500 });
    const read = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ["latest_charge.balance_transaction"],
    });
    expect(read.latest_charge).toMatchObject({ paid: true, captured: true, amount_captured: 1500 });
    expect(problems).toEqual([]);
  });

  it("holds, captures a part, and the rest is released", async () => {
    const intent = await create({ capture_method: "manual" });
    expect(await confirm(intent.id)).toMatchObject({
      status: "requires_capture",
      amount_capturable: 1500,
    });
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 900 });
    expect(captured).toMatchObject({
      status: "succeeded",
      amount_received: 900,
      amount_capturable: 0,
    });
    const error = await refusal(stripe.paymentIntents.capture(intent.id));
    expect(error.code).toBe("payment_intent_unexpected_state");
    expect(problems).toEqual([]);
  });

  it("cancels what is open or held, and nothing that was paid", async () => {
    const open = await create();
    const gone = await stripe.paymentIntents.cancel(open.id, { cancellation_reason: "abandoned" });
    expect(gone).toMatchObject({ status: "canceled", cancellation_reason: "abandoned" });
    const held = await create({ capture_method: "manual" });
    await confirm(held.id);
    expect(await stripe.paymentIntents.cancel(held.id)).toMatchObject({ status: "canceled" });
    const done = await paid();
    const error = await refusal(stripe.paymentIntents.cancel(done.id));
    expect(error).toMatchObject({ statusCode: 400, code: "payment_intent_unexpected_state" });
    expect(problems).toEqual([]);
  });

  it("refunds in parts up to what was paid, and lists them", async () => {
    const { id } = await paid();
    const first = await stripe.refunds.create({
      payment_intent: id,
      amount: 500,
      metadata: { refund_id: "REF-000000000001" },
    });
    expect(first).toMatchObject({ status: "succeeded", amount: 500, payment_intent: id });
    const tooMuch = await refusal(stripe.refunds.create({ payment_intent: id, amount: 1001 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, param: "amount" });
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 1000 });
    const again = await refusal(stripe.refunds.create({ payment_intent: id }));
    expect(again.code).toBe("charge_already_refunded");
    const page = await stripe.refunds.list({ payment_intent: id, limit: 1 });
    expect(page).toMatchObject({ has_more: true, data: [{ amount: 1000 }] });
    const rest = await stripe.refunds.list({
      payment_intent: id,
      starting_after: page.data[0]!.id,
    });
    expect(rest).toMatchObject({ has_more: false, data: [{ id: first.id }] });
    expect(problems).toEqual([]);
  });
});
