import { createHmac, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { stripeStandIn } from "../../../sandbox/stripe/stripe-stand-in.ts";
import { TestStandIn } from "../../../sandbox/testing.ts";
import { OpenApi, type SentRequest } from "../../testing/openapi-check.ts";
import type {
  GatewayAccount,
  ListedCharge,
  LookupRequest,
  PaymentInput,
  PrepareRequest,
} from "../gateway.ts";
import { declineReason } from "./declines.ts";
import { stripeGateway as gateway } from "./stripe-gateway.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";
import vector from "./webhook-vector.json" with { type: "json" };

let standIn: TestStandIn;
let account: GatewayAccount;

beforeAll(async () => {
  standIn = await TestStandIn.start(stripeStandIn);
  account = standIn.account();
});
afterAll(() => standIn.stop());
afterEach(() => standIn.world.clearFaults("stripe"));

const hex = () => randomBytes(6).toString("hex").toUpperCase();
const noPayment: PaymentInput = { card: null, fields: {} };
const by = (payment_method: string): PaymentInput => ({ card: null, fields: { payment_method } });

async function prepared(over: Partial<LookupRequest & PrepareRequest> = {}, at = account) {
  const request: LookupRequest & PrepareRequest = {
    merchantReference: `TXN-${hex()}`,
    amountMinor: 15_000n,
    currency: "USD",
    captureMethod: "automatic",
    returnUrl: "http://127.0.0.1:1/checkout/ORD-000001?transaction=x",
    intentReference: null,
    gatewayKey: `tb-${hex()}`,
    shopperEmail: "shopper@example.com",
    orderNumber: "ORD-000001",
    awaitsShopper: true,
    openedAt: new Date(),
    payment: noPayment,
    ...over,
  };
  const outcome = await gateway.prepare(at, request);
  if (outcome.kind !== "prepared") throw new Error(outcome.kind);
  return { ...request, intentReference: outcome.intentReference, secret: outcome.clientSecret };
}

async function listAll(at: GatewayAccount, range: { from: Date; until: Date }) {
  const listed: ListedCharge[] = [];
  for await (const page of gateway.listCharges!(at, range)) listed.push(...page);
  return listed;
}

describe("a payment in Stripe's own fields", () => {
  test("waits for the shopper without an address, then is found with its card", async () => {
    const request = await prepared();
    const turn = { kind: "action_required", reference: null, url: null };
    expect(await gateway.charge(account, request)).toEqual(turn);
    expect(await gateway.lookupCharge(account, request)).toEqual(turn);
    const { merchantReference: transaction } = request;
    await standIn.act({ act: "pay", transaction, card: "5555555555554444" });
    expect(await gateway.lookupCharge(account, request)).toEqual({
      kind: "succeeded",
      reference: request.intentReference,
      amountMinor: 15_000n,
      currency: "USD",
      card: { brand: "mastercard", last4: "4444" },
    });
  });

  test("that a bank declined there is cancelled before that is told: it cannot be paid later", async () => {
    const request = await prepared();
    const { merchantReference: transaction } = request;
    await standIn.act({ act: "pay", transaction, card: "4000000000009987" });
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "declined",
      // A lost card is told as any other decline.
      reason: "card_declined",
    });
    await expect(standIn.act({ act: "pay", transaction })).rejects.toThrow();
    expect((await gateway.lookupCharge(account, request)).kind).toBe("declined");
    expect((await gateway.prepare(account, request)).kind).toBe("refused");
  });

  test("that is declined and cannot be cancelled is unknown, and settled when it can", async () => {
    const request = await prepared();
    const { merchantReference: transaction } = request;
    await standIn.act({ act: "pay", transaction, card: "4000000000000002" });
    await standIn.fault("500");
    expect((await gateway.lookupCharge(account, request)).kind).toBe("unknown");
    expect((await gateway.lookupCharge(account, request)).kind).toBe("declined");
    await expect(standIn.act({ act: "pay", transaction })).rejects.toThrow();
  });

  test("that nobody makes within an hour is over, and cancelled", async () => {
    const request = await prepared({ openedAt: new Date(Date.now() - 61 * 60_000) });
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "declined",
      reason: "payment_expired",
    });
    const { merchantReference: transaction } = request;
    await expect(standIn.act({ act: "pay", transaction })).rejects.toThrow();
  });

  test("of another transaction is not taken for this one", async () => {
    const paid = await prepared();
    await standIn.act({ act: "pay", transaction: paid.merchantReference });
    const other = { ...paid, merchantReference: `TXN-${hex()}` };
    expect((await gateway.lookupCharge(account, other)).kind).toBe("unknown");
    expect((await gateway.cancelCharge(account, other)).kind).toBe("unknown");
  });

  test("with a method that Stripe does not know is declined, and nothing can be paid by it", async () => {
    const request = { ...(await prepared()), payment: by("pm_nothing") };
    expect((await gateway.charge(account, request)).kind).toBe("declined");
    const { merchantReference: transaction } = request;
    await expect(standIn.act({ act: "pay", transaction })).rejects.toThrow();
  });

  test("by 3-D Secure has the bank's address where the server confirmed it", async () => {
    const request = { ...(await prepared()), payment: by("pm_card_threeDSecure2Required") };
    const asked = await gateway.charge(account, request);
    expect(asked).toMatchObject({ kind: "action_required", reference: request.intentReference });
    expect(asked.kind === "action_required" && asked.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await standIn.act({ act: "fail_3ds", transaction: request.merchantReference });
    expect(await gateway.lookupCharge(account, { ...request, payment: noPayment })).toMatchObject({
      kind: "declined",
      reason: "authentication_failed",
    });
  });

  test("prepared again with its key is the same intent; with what it made, it is read", async () => {
    const first = await prepared();
    const again = await gateway.prepare(account, { ...first, intentReference: null });
    const read = await gateway.prepare(account, first);
    expect([again, read]).toEqual([
      { kind: "prepared", intentReference: first.intentReference, clientSecret: first.secret },
      { kind: "prepared", intentReference: first.intentReference, clientSecret: first.secret },
    ]);
  });

  test.each([
    ["too little", { amountMinor: 49n }],
    ["too much", { amountMinor: 100_000_000n }],
    ["a currency that Stripe lacks", { currency: "KPW" }],
    ["a last digit of three decimals", { currency: "KWD", amountMinor: 5_121n }],
    ["half a unit of one without decimals", { currency: "MGA", amountMinor: 500_050n }],
  ])("of %s is refused in our words before anything is sent", async (_what, over) => {
    const before = (await standIn.calls()).length;
    const request = { ...(await prepared()), ...over, intentReference: null };
    const outcome = await gateway.prepare(account, request);
    expect(outcome).toMatchObject({ kind: "refused", message: /^This way to pay/ as unknown });
    expect((await standIn.calls()).length).toBe(before + 1);
  });
});

describe("a hold", () => {
  test("that ran out is told so by every question", async () => {
    const request = {
      ...(await prepared({ captureMethod: "manual" })),
      payment: by("pm_card_visa"),
    };
    const held = await gateway.charge(account, request);
    if (held.kind !== "authorized") throw new Error(held.kind);
    expect(held.expiresAt!.getTime() - Date.now()).toBeGreaterThan(6 * 86_400_000);
    await standIn.act({ act: "expire_authorization", transaction: request.merchantReference });
    const move = { ...request, chargeReference: held.reference };
    const expired = { kind: "declined", reason: "authorization_expired" };
    expect(await gateway.holds!.capture(account, move)).toMatchObject(expired);
    expect(await gateway.holds!.void(account, { ...move, gatewayKey: hex() })).toMatchObject(
      expired,
    );
    expect(await gateway.holds!.lookup(account, { ...move, move: "void" })).toMatchObject(expired);
    expect(await gateway.lookupCharge(account, request)).toMatchObject(expired);
  });

  test("that was captured is no release, and one that was released no capture", async () => {
    const hold = async () => {
      const request = await prepared({ captureMethod: "manual" });
      await gateway.charge(account, { ...request, payment: by("pm_card_visa") });
      return { ...request, chargeReference: request.intentReference! };
    };
    const captured = await hold();
    await gateway.holds!.capture(account, captured);
    const asVoid = { ...captured, move: "void" as const };
    expect((await gateway.holds!.lookup(account, asVoid)).kind).toBe("declined");
    const released = await hold();
    await gateway.holds!.void(account, released);
    expect(await gateway.holds!.lookup(account, { ...released, move: "capture" })).toMatchObject({
      kind: "declined",
      reason: "voided",
    });
  });
});

describe("a refund", () => {
  test("that fails after it succeeded says so", async () => {
    const request = { ...(await prepared()), payment: by("pm_card_refundFail") };
    await gateway.charge(account, request);
    const refund = {
      ...request,
      merchantReference: `REF-${hex()}`,
      chargeReference: request.intentReference!,
      refundReference: null,
    };
    expect((await gateway.refund(account, refund)).kind).toBe("succeeded");
    await standIn.act({ act: "fail_refund", refund: refund.merchantReference }).catch(() => null);
    expect(await gateway.lookupRefund(account, refund)).toMatchObject({
      kind: "declined",
      reason: "refund_failed",
    });
  });
});

describe("the list", () => {
  test("of more than a page has each payment once, in the order in which they were made", async () => {
    const from = new Date(Date.now() - 1_000);
    const made: string[] = [];
    for (let count = 0; count < 105; count += 1) {
      made.push((await prepared()).merchantReference);
    }
    const listed = await listAll(account, { from, until: new Date(Date.now() + 3_600_000) });
    const ours = listed.filter(({ merchantReference }) => made.includes(merchantReference));
    expect(ours.map(({ merchantReference }) => merchantReference)).toEqual(made);
    expect(
      ours.every(({ status, capturedMinor }) => status === "other" && capturedMinor === 0n),
    ).toBe(true);
  });

  test("that cannot be read throws, instead of being taken for a short one", async () => {
    const nowhere = { ...account, apiUrl: "http://127.0.0.1:1" };
    const range = { from: new Date(0), until: new Date() };
    await expect(listAll(nowhere, range)).rejects.toThrow("cannot be read");
  });
});

describe("what is sent", () => {
  const sent: (SentRequest & { key: string; version: string })[] = [];
  let recorder: Server;

  /** Passes everything on to the stand-in, and keeps it. */
  beforeAll(async () => {
    recorder = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString();
        const { method = "", url = "", headers } = request;
        sent.push({
          method,
          path: url,
          ...(body === "" ? {} : { body }),
          key: String(headers["idempotency-key"] ?? ""),
          version: String(headers["stripe-version"]),
        });
        const answer = await fetch(account.apiUrl + url, {
          method,
          headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
            ["host", "connection", "content-length"].includes(name) ? [] : [[name, String(value)]],
          ),
          ...(method === "GET" ? {} : { body }),
        });
        response.writeHead(answer.status, { "content-type": "application/json" });
        response.end(await answer.text());
      })();
    });
    await new Promise<void>((resolve) => recorder.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    recorder.close();
    recorder.closeAllConnections();
  });

  test("fits Stripe's own description, at the pinned version, with a key of ours where money moves", async () => {
    const { port } = recorder.address() as AddressInfo;
    const at = { ...account, apiUrl: `http://127.0.0.1:${port}` };
    const request = await prepared({ captureMethod: "manual" }, at);
    await gateway.prepare(at, request);
    await gateway.charge(at, { ...request, payment: by("pm_card_visa") });
    await gateway.lookupCharge(at, request);
    const move = {
      ...request,
      chargeReference: request.intentReference!,
      gatewayKey: `tb-${hex()}`,
      refundReference: null,
    };
    await gateway.holds!.capture(at, { ...move, amountMinor: 9_000n });
    const refund = { ...move, merchantReference: "REF-0123456789AB", gatewayKey: `tb-${hex()}` };
    const made = await gateway.refund(at, { ...refund, amountMinor: 1_000n });
    await gateway.lookupRefund(at, refund);
    const refundReference = made.kind === "succeeded" ? made.reference : "";
    await gateway.lookupRefund(at, { ...refund, refundReference });
    const other = await prepared({ captureMethod: "manual" }, at);
    await gateway.charge(at, { ...other, payment: by("pm_card_visa") });
    const release = {
      ...other,
      chargeReference: other.intentReference!,
      gatewayKey: `tb-${hex()}`,
    };
    await gateway.holds!.void(at, release);
    await gateway.cancelCharge(at, await prepared({}, at));
    const range = { from: new Date(Date.now() - 60_000), until: new Date(Date.now() + 60_000) };
    await listAll(at, range);

    const stripe = new OpenApi("stripe.openapi.json");
    expect(sent.length).toBeGreaterThan(15);
    const problems = sent.flatMap((one) =>
      stripe.request(one).map((problem) => `${one.method} ${one.path}: ${problem}`),
    );
    expect(problems).toEqual([]);
    expect(new Set(sent.map(({ version }) => version))).toEqual(new Set(["2026-10-28.endive"]));
    const keyOf = (path: RegExp) =>
      sent.find((one) => one.method === "POST" && path.test(one.path))?.key;
    expect(keyOf(/^\/v1\/payment_intents$/)).toBe(`${request.gatewayKey}-intent`);
    expect(keyOf(/confirm$/)).toBe(`${request.gatewayKey}-confirm`);
    expect(keyOf(/capture$/)).toBe(move.gatewayKey);
    expect(keyOf(/refunds$/)).toBe(refund.gatewayKey);
    expect(keyOf(/cancel$/)).toBe(release.gatewayKey);
  });
});

describe("a webhook", () => {
  const body = Buffer.from(vector.rawBody);
  const headers = new Headers({ "stripe-signature": vector.header });
  const at = (seconds: number) => new Date((vector.timestamp + seconds) * 1_000);
  const test1 = { account: { mode: "test" as const }, secret: vector.secret };

  const signed = (text: string, secret = vector.secret, second = vector.timestamp) => {
    const signature = createHmac("sha256", secret).update(`${second}.${text}`).digest("hex");
    return {
      headers: new Headers({ "stripe-signature": `t=${second},v1=${signature}` }),
      body: Buffer.from(text),
    };
  };

  test("of a known vector holds, within 300 seconds either way", () => {
    expect(verifyWebhook({ headers, body }, test1, at(0))).toEqual({ eventId: "evt_1" });
    expect(verifyWebhook({ headers, body }, test1, at(299))).not.toBeNull();
    expect(verifyWebhook({ headers, body }, test1, at(301))).toBeNull();
    expect(verifyWebhook({ headers, body }, test1, at(-299))).not.toBeNull();
    expect(verifyWebhook({ headers, body }, test1, at(-301))).toBeNull();
  });

  test("of the other mode is not believed, nor one that names none", () => {
    const live = { ...test1, account: { mode: "live" as const } };
    expect(verifyWebhook({ headers, body }, live, at(0))).toBeNull();
    const other = vector.rawBody.replace('"livemode":false', '"livemode":true');
    expect(verifyWebhook(signed(other), test1, at(0))).toBeNull();
    expect(verifyWebhook(signed(other), live, at(0))).toEqual({ eventId: "evt_1" });
    const none = vector.rawBody.replace('"livemode":false,', "");
    expect(verifyWebhook(signed(none), test1, at(0))).toBeNull();
  });

  test.each(["", "t=1", "v1=00", "t=,v1=", "t=x,v1=x", vector.header.replace("v1=", "v0=")])(
    "with the header %j is not believed, and nothing throws",
    (header) => {
      const given = new Headers({ "stripe-signature": header });
      expect(verifyWebhook({ headers: given, body }, test1, at(0))).toBeNull();
    },
  );

  const read = (type: string, object: unknown) =>
    translateWebhook(Buffer.from(JSON.stringify({ type, data: { object } }))).event;

  test("about nothing of ours is ignored: other types, intents of others, inquiries", () => {
    const ignored = { kind: "ignored" };
    expect(read("payout.paid", {})).toEqual(ignored);
    expect(read("charge.refunded", {})).toEqual(ignored);
    const intent = { id: "pi_1", status: "succeeded", amount: 1, currency: "usd", created: 1 };
    expect(read("payment_intent.succeeded", intent)).toEqual(ignored);
    const dispute = {
      id: "dp_1",
      reason: "general",
      amount: 1,
      currency: "usd",
      payment_intent: "pi_1",
    };
    expect(
      read("charge.dispute.created", { ...dispute, status: "warning_needs_response" }),
    ).toEqual(ignored);
    expect(read("charge.dispute.created", { ...dispute, status: "lost" })).toMatchObject({
      kind: "dispute",
      status: "lost",
    });
  });

  test("of an attempt that failed settles nothing: the intent could be paid still", () => {
    const intent = {
      id: "pi_1",
      status: "requires_payment_method",
      amount: 1,
      currency: "usd",
      created: 1,
      last_payment_error: { code: "card_declined" },
      metadata: { transaction_id: "TXN-1" },
    };
    expect(read("payment_intent.payment_failed", intent)).toMatchObject({
      kind: "charge",
      merchantReference: "TXN-1",
      outcome: { kind: "unknown" },
    });
  });

  test("with an intent that cannot be read throws", () => {
    expect(() => read("payment_intent.succeeded", { id: "pi_1" })).toThrow();
    expect(() => read("refund.created", { id: "re_1", amount: "5" })).toThrow();
  });
});

describe("keys and fields", () => {
  test.each([
    ["sk_test_1", "pk_test_1", "test", null],
    ["rk_test_1", "pk_test_1", "test", null],
    ["sk_live_1", "pk_live_1", "live", null],
    ["sk_test_1", "pk_test_1", "live", "test mode"],
    ["sk_live_1", "pk_live_1", "test", "live mode"],
    ["sk_live_1", "pk_test_1", "live", "other"],
    ["pk_test_1", "pk_test_1", "test", "secret key"],
    ["sk_test_1", "sk_test_1", "test", "public key"],
    ["sk_test_1", "", "test", "public key"],
  ] as const)("%s with %s in %s mode: %s", (secretKey, publicKey, mode, problem) => {
    const told = gateway.keyProblem({ mode, merchantId: "acct_1", publicKey, secretKey });
    if (problem === null) expect(told).toBeNull();
    else expect(told).toContain(problem);
  });

  test("a payment method's id is taken, and nothing else", () => {
    const fields = { payment_method: "pm_card_visa" };
    expect(gateway.parsePayment({ ...fields, colour: "red" })).toEqual({ card: null, fields });
    expect(gateway.parsePayment(undefined)).toEqual(noPayment);
  });

  test.each<Record<string, string>>([
    { card_number: "4242424242424242" },
    { cvv: "123" },
    { payment_method: "4242 4242 4242 4242" },
    { payment_method: "tok_visa" },
    { payment_method: "pm_../../refunds" },
    { payment_method: `pm_${"a".repeat(201)}` },
    { note: "4242-4242-4242-4242" },
  ])("%j is refused, and not repeated in what is said of it", (data) => {
    const refuse = () => gateway.parsePayment(data);
    expect(refuse).toThrow();
    try {
      refuse();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toMatch(/4242|tok_visa|\.\./);
    }
  });

  test.each([
    ["card_declined", "insufficient_funds", "insufficient_funds"],
    ["card_declined", "stolen_card", "card_declined"],
    ["card_declined", "fraudulent", "card_declined"],
    ["expired_card", "", "expired_card"],
    ["incorrect_cvc", "incorrect_cvc", "incorrect_cvc"],
    ["something_new", "toString", "card_declined"],
  ])("%s / %s is %s to a shopper", (code, declineCode, reason) => {
    expect(declineReason(code, declineCode)).toBe(reason);
  });
});
