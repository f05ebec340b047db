/** The official client, from outside, against the stand-in. */
import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
beforeEach(() => {
  problems.length = 0;
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

  it("reads lists by time and page, and events of a type", async () => {
    const { id, created } = await paid();
    const page = await stripe.paymentIntents.list({
      created: { gte: created },
      limit: 100,
      expand: ["data.latest_charge"],
    });
    const found = page.data.find((intent) => intent.id === id);
    expect(found?.latest_charge).toMatchObject({ object: "charge", amount: 1500 });
    const older = await stripe.paymentIntents.list({ created: { lt: created - 1_000 } });
    expect(older.data).toEqual([]);
    const second = await create();
    const before = await stripe.paymentIntents.list({ ending_before: id, limit: 1 });
    expect(before.data.map((intent) => intent.id)).toEqual([second.id]);
    const ids = new Set<string>();
    for await (const intent of stripe.paymentIntents.list({ limit: 3 })) ids.add(intent.id);
    expect(ids.size).toBeGreaterThan(5);
    const events = await stripe.events.list({ type: "payment_intent.succeeded", limit: 1 });
    expect(events.data[0]?.data.object).toMatchObject({ id, status: "succeeded" });
    expect(problems).toEqual([]);
  });

  it("keeps cards for customers through setup intents", async () => {
    const customer = await stripe.customers.create({ email: "ada@example.com" });
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      automatic_payment_methods: { enabled: true },
      usage: "off_session",
    });
    const done = await stripe.setupIntents.confirm(setup.id, {
      payment_method: "pm_card_mastercard",
      return_url: returnUrl,
    });
    expect(done.status).toBe("succeeded");
    const methods = await stripe.customers.listPaymentMethods(customer.id, { type: "card" });
    expect(methods.data).toMatchObject([{ card: { brand: "mastercard", last4: "4444" } }]);
    const off = await create({
      customer: customer.id,
      payment_method: methods.data[0]!.id,
      off_session: true,
      confirm: true,
    });
    expect(off.status).toBe("succeeded");
    await stripe.paymentMethods.detach(methods.data[0]!.id);
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("answers the harmless questions of a connection check", async () => {
    expect(await stripe.balance.retrieve()).toMatchObject({ object: "balance", livemode: false });
    const stranger = checkedClient({ ...standIn.account(), secretKey: "sk_test_wrong" });
    const error = await refusal(stranger.balance.retrieve());
    expect(error).toMatchObject({ statusCode: 401, type: "StripeAuthenticationError" });
  });
});

describe("a card", () => {
  it.each([
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"],
    ["pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ])(
    "%s is refused with its code, and the intent can be paid anew",
    async (card, code, decline) => {
      const { id } = await create();
      const error = await refusal(confirm(id, card));
      expect(error).toMatchObject({ statusCode: 402, type: "StripeCardError", code });
      expect(error.payment_intent).toMatchObject({ id, status: "requires_payment_method" });
      const read = await stripe.paymentIntents.retrieve(id);
      expect(read.last_payment_error).toMatchObject({ code, decline_code: decline });
      expect(await confirm(id)).toMatchObject({ status: "succeeded", last_payment_error: null });
      expect(problems).toEqual([]);
    },
  );

  it("that asks for 3-D Secure is charged once the shopper has answered, and not before", async () => {
    const transaction = "TXN-00000000003D";
    const { id } = await create({ metadata: { transaction_id: transaction } });
    const asked = await confirm(id, "pm_card_threeDSecure2Required");
    expect(asked).toMatchObject({ status: "requires_action", amount_received: 0 });
    expect(asked.next_action?.redirect_to_url?.return_url).toBe(returnUrl);
    await standIn.act({ act: "complete_3ds", transaction });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: "succeeded" });
    expect(problems).toEqual([]);
  });

  it("that asks for 3-D Secure is refused where the shopper fails, or is not there", async () => {
    const transaction = "TXN-0000000003DF";
    const { id } = await create({ metadata: { transaction_id: transaction } });
    await confirm(id, "pm_card_authenticationRequired");
    await standIn.act({ act: "fail_3ds", transaction });
    const read = await stripe.paymentIntents.retrieve(id);
    expect(read.last_payment_error?.code).toBe("payment_intent_authentication_failure");
    const error = await refusal(
      create({
        payment_method: "pm_card_authenticationRequired",
        confirm: true,
        off_session: true,
      }),
    );
    expect(error.code).toBe("authentication_required");
    expect(problems).toEqual([]);
  });

  it("whose refund is pending gives it back later; one whose refund fails takes it back", async () => {
    const slow = await paid("pm_card_pendingRefund");
    const failing = await paid("pm_card_refundFail");
    const pending = await stripe.refunds.create({ payment_intent: slow.id });
    const bad = await stripe.refunds.create({ payment_intent: failing.id });
    expect([pending.status, bad.status]).toEqual(["pending", "succeeded"]);
    await standIn.advance(10);
    expect(await stripe.refunds.retrieve(pending.id)).toMatchObject({ status: "succeeded" });
    expect(await stripe.refunds.retrieve(bad.id)).toMatchObject({
      status: "failed",
      failure_reason: "expired_or_canceled_card",
    });
    const again = await stripe.refunds.create({ payment_intent: failing.id });
    expect(again.amount).toBe(1500);
    expect(problems).toEqual([]);
  });

  it("that is disputed takes its money away, and a dispute that is won brings it back", async () => {
    const { id } = await paid("pm_card_createDispute");
    await standIn.advance(10);
    const { data } = await stripe.disputes.list({ payment_intent: id });
    expect(data).toMatchObject([{ status: "needs_response", amount: 1500 }]);
    const error = await refusal(stripe.refunds.create({ payment_intent: id }));
    expect(error.code).toBe("charge_disputed");
    const won = await stripe.disputes.update(data[0]!.id, {
      evidence: { uncategorized_text: "winning_evidence" },
    });
    expect(won.status).toBe("won");
    expect(won.balance_transactions.map(({ amount }) => amount)).toEqual([-1500, 1500]);
    expect((await refusal(stripe.disputes.close(data[0]!.id))).statusCode).toBe(400);
    expect(problems).toEqual([]);
  });
});

describe("a request", () => {
  it("under a known key is answered as before, and does nothing again", async () => {
    const { id } = await paid();
    const params = { payment_intent: id, amount: 400 };
    const options = { idempotencyKey: "refund-1" };
    const first = await stripe.refunds.create(params, options);
    const again = await stripe.refunds.create(params, options);
    expect(again.id).toBe(first.id);
    // With the fetch client it is the answer itself.
    const { headers } = again.lastResponse as unknown as Response;
    expect(headers.get("idempotent-replayed")).toBe("true");
    expect(headers.get("request-id")).not.toBe(headers.get("original-request"));
    expect((await stripe.refunds.list({ payment_intent: id })).data).toHaveLength(1);
    const error = await refusal(stripe.refunds.create({ ...params, amount: 401 }, options));
    expect(error).toMatchObject({ statusCode: 400, type: "StripeIdempotencyError" });
  });

  it.each([
    ["an amount below the least", { amount: 49 }, "amount_too_small"],
    ["an amount above the most", { amount: 100_000_000 }, "amount_too_large"],
    ["a fraction", { amount: 10.5 }, "parameter_invalid_integer"],
    ["thousandths that do not end in 0", { amount: 5121, currency: "kwd" }, undefined],
    ["an unknown currency", { currency: "zzz" }, undefined],
    ["a removed parameter", { payment_method_types: ["card"] }, "parameter_unknown"],
    ["a field that cannot be expanded", { expand: ["metadata"] }, undefined],
    ["a confirm-only parameter", { return_url: returnUrl }, undefined],
    ["an unknown test card", { payment_method: "pm_card_none" }, "resource_missing"],
  ])("with %s is refused, and nothing is made", async (_what, more, code) => {
    const count = async () =>
      (await stripe.paymentIntents.list({ limit: 100, created: { gte: 0 } })).data.length;
    const before = await count();
    const error = await refusal(create(more as Partial<Stripe.PaymentIntentCreateParams>));
    expect(error.statusCode).toBeGreaterThanOrEqual(400);
    expect(error.statusCode).toBeLessThan(500);
    if (code !== undefined) expect(error.code).toBe(code);
    expect(await count()).toBe(before);
  });

  it("about what is not there is a 404, and an unknown address too", async () => {
    const error = await refusal(stripe.paymentIntents.retrieve("pi_nowhere"));
    expect(error).toMatchObject({ statusCode: 404, code: "resource_missing" });
    expect((await refusal(stripe.payouts.retrieve("nowhere"))).statusCode).toBe(404);
  });

  it("that is late stays in processing and succeeds by itself", async () => {
    const { id } = await create();
    await standIn.fault("late_success", { delayMs: 5_000 });
    expect(await confirm(id)).toMatchObject({ status: "processing", amount_received: 0 });
    const error = await refusal(stripe.paymentIntents.cancel(id));
    expect(error.code).toBe("payment_intent_unexpected_state");
    await standIn.advance(6);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: "succeeded" });
  });
});

describe("a webhook", () => {
  it("is verified by the official client, and a forged one is not", async () => {
    await standIn.deliveries();
    const { id } = await paid();
    const deliveries = await standIn.deliveries();
    const [secret = ""] = standIn.account().webhookSecrets;
    const read = ({ body, headers }: (typeof deliveries)[number], key = secret) =>
      stripe.webhooks.constructEvent(Buffer.from(body), headers.get("stripe-signature") ?? "", key);
    const events = deliveries.map((delivery) => read(delivery));
    expect(events.map(({ type }) => type)).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    expect(events[2]).toMatchObject({
      object: "event",
      api_version: "2026-10-28.endive",
      livemode: false,
      data: { object: { id, metadata: { transaction_id: "TXN-000000000001" } } },
    });
    expect(() => read(deliveries[0]!, "whsec_other")).toThrow(/signature/i);
  });

  it("tells what was done in the dashboard and by banks", async () => {
    const transaction = "TXN-0000000000AC";
    await create({ metadata: { transaction_id: transaction } });
    await standIn.act({ act: "fail_payment", transaction });
    await standIn.act({ act: "pay", transaction, card: "4242424242424242" });
    await standIn.act({ act: "refund", transaction, amount: "2.00" });
    await standIn.act({ act: "fail_refund", transaction });
    await standIn.act({ act: "open_dispute", transaction });
    await standIn.act({ act: "lose_dispute", transaction });
    const types = (await standIn.deliveries()).map(({ type }) => type);
    for (const type of [
      ...["payment_intent.payment_failed", "payment_intent.succeeded", "refund.created"],
      ...["charge.refunded", "refund.failed", "charge.dispute.created", "charge.dispute.closed"],
    ]) {
      expect(types).toContain(type);
    }
  });

  it("of a hold that nobody captured tells that it ended", async () => {
    const transaction = "TXN-0000000000EX";
    const { id } = await create({
      capture_method: "manual",
      metadata: { transaction_id: transaction },
    });
    await confirm(id);
    await stripe.paymentIntents.update(id, { metadata: { note: "kept" } });
    await standIn.advance(8 * 24 * 60 * 60);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: "canceled",
      cancellation_reason: "automatic",
    });
    const types = (await standIn.deliveries()).map(({ type }) => type);
    expect(types).toContain("payment_intent.canceled");
  });
});
