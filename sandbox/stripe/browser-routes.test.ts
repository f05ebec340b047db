/** What browsers reach of the stand-in: only their own intent, and no card number is kept. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestStandIn } from "../testing.ts";
import { stripeStandIn } from "./stripe-stand-in.ts";

let standIn: TestStandIn;
beforeAll(async () => {
  standIn = await TestStandIn.start(stripeStandIn);
});
afterAll(() => standIn.stop());

type Answer = {
  status: number;
  body: Record<string, unknown> & { error?: Record<string, unknown> };
};

async function ask(path: string, form?: Record<string, string>, secret = false): Promise<Answer> {
  const { apiUrl, publicKey, secretKey } = standIn.account();
  const body = form && new URLSearchParams(secret ? form : { key: publicKey, ...form });
  const response = await fetch(apiUrl + path, {
    ...(body ? { method: "POST", body } : {}),
    headers: secret ? { Authorization: `Bearer ${secretKey}` } : {},
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function newIntent(more: Record<string, string> = {}) {
  const form = { amount: "2500", currency: "usd", "metadata[transaction_id]": "TXN-1", ...more };
  const { body } = await ask("/v1/payment_intents", form, true);
  return { id: String(body["id"]), secret: String(body["client_secret"]) };
}

const card = (number: string) => ({
  type: "card",
  "card[number]": number,
  "card[exp_month]": "12",
  "card[exp_year]": "2034",
  "card[cvc]": "123",
});

async function confirm(number: string) {
  const intent = await newIntent();
  const method = await ask("/js/v1/payment_methods", card(number));
  const confirmed = await ask(`/js/v1/payment_intents/${intent.id}/confirm`, {
    client_secret: intent.secret,
    payment_method: String(method.body["id"]),
    return_url: "http://127.0.0.1/back",
  });
  return { intent, confirmed };
}

describe("a browser", () => {
  it("reads and confirms its own intent, and sees nothing of the shop's", async () => {
    const { intent, confirmed } = await confirm("4242424242424242");
    expect(confirmed.body).toMatchObject({ id: intent.id, status: "succeeded" });
    const { publicKey } = standIn.account();
    const query = new URLSearchParams({ key: publicKey, client_secret: intent.secret });
    const read = await ask(`/js/v1/payment_intents/${intent.id}?${query}`);
    expect(read.body).toMatchObject({ status: "succeeded" });
    for (const { body } of [confirmed, read]) {
      expect(body).not.toHaveProperty("metadata");
      expect(body).not.toHaveProperty("sandbox");
    }
  });

  it("is refused without the intent's secret, or with another's key", async () => {
    const { id, secret } = await newIntent();
    const other = await newIntent();
    const { publicKey } = standIn.account();
    const read = (key: string, client_secret: string) =>
      ask(`/js/v1/payment_intents/${id}?${new URLSearchParams({ key, client_secret })}`);
    expect((await read(publicKey, other.secret)).status).toBe(400);
    expect((await read("pk_test_other", secret)).status).toBe(401);
    expect((await ask("/v1/payment_intents")).status).toBe(401);
    const method = await ask("/js/v1/payment_methods", {
      ...card("4242424242424242"),
      key: "pk_x",
    });
    expect(method.status).toBe(401);
  });

  it("is told why a card is refused", async () => {
    const { confirmed } = await confirm("4000000000000002");
    expect(confirmed.status).toBe(402);
    expect(confirmed.body.error).toMatchObject({
      type: "card_error",
      decline_code: "generic_decline",
      payment_intent: { status: "requires_payment_method" },
    });
    expect(
      (await ask("/js/v1/payment_methods", card("4242424242424241"))).body.error,
    ).toMatchObject({
      code: "incorrect_number",
    });
  });

  it("answers the bank once, with the attempt that it was given", async () => {
    const { intent, confirmed } = await confirm("4000000000003220");
    expect(confirmed.body).toMatchObject({
      status: "requires_action",
      next_action: { type: "use_stripe_sdk" },
    });
    const action = confirmed.body["next_action"] as { use_stripe_sdk: { source: string } };
    const { apiUrl } = standIn.account();
    const answer = async (attempt: string) => {
      const body = new URLSearchParams({ attempt, answer: "complete" });
      const init = { method: "POST", body, redirect: "manual" } as const;
      return (await fetch(`${apiUrl}/3ds/${intent.id}`, init)).status;
    };
    expect(await answer("guessed")).toBe(410);
    expect(await answer(action.use_stripe_sdk.source)).toBe(303);
    expect(await answer(action.use_stripe_sdk.source)).toBe(410);
    const read = await ask(`/v1/payment_intents/${intent.id}`, undefined, true);
    expect(read.body["status"]).toBe("succeeded");
  });

  it("keeps a card without a payment", async () => {
    const { body } = await ask("/v1/setup_intents", { usage: "off_session" }, true);
    const method = await ask("/js/v1/payment_methods", card("4000000000003220"));
    const asked = await ask(`/js/v1/setup_intents/${String(body["id"])}/confirm`, {
      client_secret: String(body["client_secret"]),
      payment_method: String(method.body["id"]),
      return_url: "http://127.0.0.1/back",
      use_stripe_sdk: "true",
    });
    expect(asked.body).toMatchObject({
      status: "requires_action",
      next_action: { type: "use_stripe_sdk" },
    });
  });

  it("loads a script that defines Stripe, and a frame that says that it is a sandbox", async () => {
    const { apiUrl } = standIn.account();
    const script = await fetch(`${apiUrl}/endive/stripe.js`);
    expect(script.headers.get("content-type")).toContain("javascript");
    expect(await script.text()).toContain("window.Stripe =");
    const frame = await fetch(`${apiUrl}/element?parent=http://127.0.0.1`);
    expect(frame.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await frame.text()).toContain("Sandbox");
  });
});

it("keeps no card number anywhere", async () => {
  await confirm("5555555555554444");
  await confirm("4000000000003220");
  const { rows } = await standIn.world.pool.query<{ found: string }>(
    `SELECT (SELECT string_agg(data::text, '') FROM sandbox.objects)
       || coalesce((SELECT string_agg(payload::text, '') FROM sandbox.events), '')
       || coalesce((SELECT string_agg(body::text, '') FROM sandbox.answers), '')
       || coalesce((SELECT string_agg(c::text, '') FROM sandbox.calls c), '') AS found`,
  );
  const text = rows[0]?.found ?? "";
  expect(text).toContain("4444");
  for (const number of ["5555555555554444", "4000000000003220", "4242424242424242"]) {
    expect(text).not.toContain(number);
  }
});
