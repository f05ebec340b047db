import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flutterwaveStandIn } from "../../../sandbox/flutterwave/flutterwave-stand-in.ts";
import { TestStandIn } from "../../../sandbox/testing.ts";
import type { GatewayAccount, LookupRequest, PrepareRequest, RefundRequest } from "../gateway.ts";
import { flutterwaveGateway as gateway } from "./flutterwave-gateway.ts";

let standIn: TestStandIn;
let account: GatewayAccount;

beforeAll(async () => {
  standIn = await TestStandIn.start(flutterwaveStandIn);
  account = standIn.account();
});
afterAll(() => standIn.stop());

const hex = () => randomBytes(6).toString("hex").toUpperCase();

function terms(over: Partial<LookupRequest> = {}): LookupRequest & PrepareRequest {
  return {
    merchantReference: `TXN-${hex()}`,
    amountMinor: 15_000n,
    currency: "USD",
    captureMethod: "automatic",
    returnUrl: "http://127.0.0.1:1/checkout/ORD-1?transaction=x",
    intentReference: null,
    gatewayKey: `tb-${hex()}`,
    shopperEmail: "shopper@example.com",
    orderNumber: "ORD-000001",
    awaitsShopper: true,
    openedAt: new Date(),
    payment: { card: null, fields: {} },
    ...over,
  };
}

/** A payment whose page is there. */
async function prepared(over: Partial<LookupRequest> = {}) {
  const request = terms(over);
  const outcome = await gateway.prepare(account, request);
  if (outcome.kind !== "prepared") throw new Error(outcome.kind);
  return { ...request, intentReference: outcome.intentReference, link: outcome.clientSecret };
}

async function paid(over: Partial<LookupRequest> = {}) {
  const request = await prepared(over);
  await standIn.act({ act: "pay", transaction: request.merchantReference });
  const outcome = await gateway.charge(account, request);
  if (outcome.kind !== "succeeded") throw new Error(outcome.kind);
  return { request, outcome };
}

async function refundOf(over: Partial<RefundRequest> = {}): Promise<RefundRequest> {
  const { request, outcome } = await paid();
  return {
    gatewayKey: `tb-${hex()}`,
    merchantReference: `REF-${hex()}`,
    chargeReference: outcome.reference,
    intentReference: request.intentReference,
    refundReference: null,
    amountMinor: 4_000n,
    currency: "USD",
    openedAt: new Date(Date.now() - 60_000),
    ...over,
  };
}

/** What a browser does with a form: posts it and follows the redirects on this origin. */
async function post(path: string, fields: Record<string, string>): Promise<Response> {
  let response = await fetch(new URL(path, account.apiUrl), {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  for (;;) {
    const next = response.headers.get("location");
    if (next === null) return response;
    const url = new URL(next, account.apiUrl);
    if (url.origin !== new URL(account.apiUrl).origin) return response;
    response = await fetch(url, { redirect: "manual" });
  }
}

const actionOf = (markup: string): string => /action="([^"]+\/step\/\d+)"/.exec(markup)?.[1] ?? "";

describe("a payment on Flutterwave's page", () => {
  test("is paid by card, PIN and code, and found by our reference alone", async () => {
    const request = await prepared();
    expect(await gateway.charge(account, request)).toEqual({
      kind: "action_required",
      reference: null,
      url: request.link,
    });
    const pin = await post(request.link, { method: "card", number: "5531 8866 5214 2950" });
    const wrong = await post(actionOf(await pin.text()), { pin: "0000" });
    const wrongPage = await wrong.text();
    expect(wrongPage).toContain("This PIN is wrong");
    expect(await gateway.lookupCharge(account, request)).toMatchObject({ kind: "pending" });
    const otp = await post(actionOf(wrongPage), { pin: "3310" });
    const done = await post(actionOf(await otp.text()), { otp: "12345" });
    const back = new URL(done.headers.get("location") ?? "");
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      transaction: "x",
      status: "successful",
      tx_ref: request.merchantReference,
    });
    expect(await gateway.lookupCharge(account, request)).toEqual({
      kind: "succeeded",
      reference: back.searchParams.get("transaction_id"),
      amountMinor: 15_000n,
      currency: "USD",
      card: { brand: "mastercard", last4: "2950" },
    });
    // The page is done: it is paid once.
    expect(await (await fetch(request.link)).text()).toContain("It is made once");
  });

  test("that the bank refuses is declined with its reason, and its page takes no other", async () => {
    const request = await prepared();
    const pin = await post(request.link, { method: "card", number: "5258585922666506" });
    const otp = await post(actionOf(await pin.text()), { pin: "3310" });
    const done = await post(actionOf(await otp.text()), { otp: "12345" });
    expect(done.headers.get("location")).toContain("status=failed");
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "declined",
      reason: "insufficient_funds",
    });
    expect((await fetch(request.link)).status).toBe(410);
  });

  test("by 3-D Secure, refused by the shopper, is declined", async () => {
    const request = await prepared();
    const bank = await post(request.link, { method: "card", number: "4187427415564246" });
    const page = await bank.text();
    expect(page).toContain("Sandbox Bank");
    await post(actionOf(page), { choice: "refuse" });
    expect((await gateway.lookupCharge(account, request)).kind).toBe("declined");
  });

  test("by bank transfer is pending until it arrives", async () => {
    const request = await prepared({ currency: "NGN", amountMinor: 1_500_000n });
    const page = await post(request.link, { method: "bank_transfer" });
    await post(actionOf(await page.text()), { choice: "approve" });
    expect(await gateway.lookupCharge(account, request)).toMatchObject({ kind: "pending" });
    await standIn.advance(10);
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "succeeded",
      amountMinor: 1_500_000n,
      currency: "NGN",
      card: null,
    });
  });

  test("that is left unfinished fails when the page's time is over", async () => {
    const request = await prepared();
    await post(request.link, { method: "card", number: "5531886652142950" });
    await standIn.advance(31 * 60);
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "declined",
      reason: "payment_expired",
    });
  });

  test("of more than was asked for is told as it is", async () => {
    const request = await prepared();
    await standIn.act({ act: "pay", transaction: request.merchantReference, amount: "150.01" });
    const outcome = await gateway.lookupCharge(account, request);
    expect(outcome).toMatchObject({ kind: "succeeded", amountMinor: 15_001n });
  });

  test("that nobody began is over after half an hour, and its page is closed", async () => {
    const request = await prepared({ openedAt: new Date(Date.now() - 31 * 60_000) });
    expect(await gateway.lookupCharge(account, request)).toMatchObject({
      kind: "declined",
      reason: "payment_expired",
    });
    expect((await fetch(request.link)).status).toBe(410);
  });

  test("whose start is unknown is absent for good: its page is closed before that is said", async () => {
    const request = await prepared({ awaitsShopper: false });
    expect(await gateway.lookupCharge(account, request)).toEqual({ kind: "absent" });
    expect((await fetch(request.link)).status).toBe(410);
  });

  test("is given up by closing its page; one that was paid meanwhile is not", async () => {
    const given = await prepared();
    expect(await gateway.cancelCharge(account, given)).toMatchObject({
      kind: "declined",
      reason: "cancelled",
    });
    const { request } = await paid();
    expect((await gateway.cancelCharge(account, request)).kind).toBe("succeeded");
    const refusing = { ...given, intentReference: "http://127.0.0.1:9/elsewhere" };
    expect((await gateway.cancelCharge(account, refusing)).kind).toBe("declined");
  });

  test("that the shopper gave up on the page is over, however they say so", async () => {
    const request = await prepared();
    const back = await post(`${request.link}/cancel`, {});
    const query = Object.fromEntries(new URL(back.headers.get("location") ?? "").searchParams);
    expect(query).toMatchObject({ status: "cancelled", tx_ref: request.merchantReference });
    const told = { ...request, payment: gateway.parsePayment(query) };
    expect(await gateway.lookupCharge(account, told)).toMatchObject({
      kind: "declined",
      reason: "cancelled",
    });
    // Said of one that was paid, it changes nothing.
    const { request: other } = await paid();
    const claimed = { ...other, payment: gateway.parsePayment({ status: "cancelled" }) };
    expect((await gateway.lookupCharge(account, claimed)).kind).toBe("succeeded");
  });

  test("is prepared anew where the first answer was lost, and read where it was not", async () => {
    const request = await prepared();
    const again = await gateway.prepare(account, { ...request, intentReference: null });
    expect(again.kind).toBe("prepared");
    expect(await gateway.prepare(account, request)).toEqual({
      kind: "prepared",
      intentReference: request.link,
      clientSecret: request.link,
    });
  });
});

describe("a refund", () => {
  test("is under way first, and done when it is paid out", async () => {
    const request = await refundOf();
    const outcome = await gateway.refund(account, request);
    expect(outcome.kind).toBe("pending");
    expect((await gateway.lookupRefund(account, request)).kind).toBe("pending");
    await standIn.advance(5);
    const done = { kind: "succeeded", amountMinor: 4_000n, currency: "USD" };
    expect(await gateway.lookupRefund(account, request)).toMatchObject(done);
    const reference = outcome.kind === "pending" ? outcome.reference : "";
    const byId = { ...request, refundReference: reference };
    expect(await gateway.lookupRefund(account, byId)).toMatchObject(done);
    await standIn.act({ act: "fail_refund", refund: request.merchantReference });
    expect(await gateway.lookupRefund(account, byId)).toMatchObject({
      kind: "declined",
      reason: "refund_failed",
    });
  });

  test("whose answer was lost is found by its reference among equal ones, and never sent twice", async () => {
    const first = await refundOf();
    const second = { ...first, merchantReference: `REF-${hex()}` };
    await gateway.refund(account, first);
    await standIn.fault("charge_then_500");
    expect((await gateway.refund(account, second)).kind).toBe("unknown");
    const found = await gateway.lookupRefund(account, second);
    const other = await gateway.lookupRefund(account, first);
    expect(found.kind).toBe("pending");
    expect(found).not.toEqual(other);
  });

  test("that never arrived is absent, but not while it may still be on its way", async () => {
    const request = await refundOf();
    await standIn.fault("500");
    expect((await gateway.refund(account, request)).kind).toBe("unknown");
    expect(await gateway.lookupRefund(account, { ...request, openedAt: new Date() })).toEqual({
      kind: "unknown",
      detail: "may still be on its way",
    });
    expect(await gateway.lookupRefund(account, request)).toEqual({ kind: "absent" });
  });

  test("is found on a later page of the list", async () => {
    const wanted = await refundOf({ amountMinor: 100n });
    await gateway.refund(account, wanted);
    for (let count = 0; count < 12; count += 1) {
      const { chargeReference } = wanted;
      await gateway.refund(account, {
        ...(await refundOf()),
        chargeReference,
        amountMinor: 100n,
        merchantReference: `REF-${hex()}`,
      });
    }
    expect((await gateway.lookupRefund(account, wanted)).kind).toBe("pending");
  });

  test("of more than is left is refused", async () => {
    const request = await refundOf({ amountMinor: 15_001n });
    expect(await gateway.refund(account, request)).toMatchObject({
      kind: "declined",
      reason: "refund_refused",
    });
  });

  test("that is answered with another amount is no success", async () => {
    const request = await refundOf();
    await standIn.fault("wrong_amount");
    expect((await gateway.refund(account, request)).kind).toBe("unknown");
  });
});

describe("a webhook", () => {
  test("is verified by the secret and, where it is there, by the signature over the body", async () => {
    const { request } = await paid();
    const deliveries = await standIn.deliveries();
    const delivery = deliveries.find(({ body }) =>
      Buffer.from(body).includes(request.merchantReference),
    );
    if (!delivery) throw new Error("no webhook");
    const secret = account.webhookSecrets[0] ?? "";
    const verify = (headers: Headers, body = delivery.body) =>
      gateway.webhooks?.verify({ headers, body }, { account, secret }, new Date());
    expect(await verify(delivery.headers)).toEqual({ eventId: delivery.id });
    const bare = new Headers({ "verif-hash": secret });
    expect(await verify(bare)).toEqual({ eventId: delivery.id });
    const forged = Buffer.from(Buffer.from(delivery.body).toString().replace("150", "151"));
    expect(await verify(delivery.headers, forged)).toBeNull();
    expect(await verify(new Headers({ "verif-hash": `${secret}x` }))).toBeNull();
    expect(await verify(new Headers())).toBeNull();
    const signature = createHmac("sha256", secret).update(delivery.body).digest("base64");
    expect(await verify(new Headers({ "flutterwave-signature": signature }))).toBeNull();
  });

  const translate = (event: unknown) =>
    gateway.webhooks?.translate(new TextEncoder().encode(JSON.stringify(event)));

  test("of a refund that does not say whose it is moves nothing", () => {
    const row = { id: 5, AmountRefunded: 40, status: "completed-mpgs", TransactionId: 7 };
    expect(translate(row)).toEqual({ type: "refund", event: { kind: "ignored" } });
    expect(translate({ ...row, comment: "by hand", currency: "USD" })?.event).toMatchObject({
      kind: "refund",
      merchantReference: "",
      chargeReference: "7",
      outcome: { kind: "succeeded", reference: "5", amountMinor: 4_000n },
    });
    const ours = { ...row, comments: "REF-0123456789AB" };
    expect(translate(ours)?.event).toMatchObject({ merchantReference: "REF-0123456789AB" });
  });

  test("that cannot be read is an error; one of no use is ignored", () => {
    expect(translate({ event: "transfer.completed", data: {} })?.event).toEqual({
      kind: "ignored",
    });
    expect(() => translate({ event: "charge.completed", data: { id: "x" } })).toThrow();
    expect(() => translate({})).toThrow();
  });
});

describe("what Flutterwave answers", () => {
  test.each([["hang"], ["garbage"], ["reset"], ["charge_then_500"]])(
    "%s to a refund leaves its fate open",
    async (mode) => {
      const request = await refundOf();
      await standIn.fault(mode);
      expect((await gateway.refund(account, request)).kind).toBe("unknown");
    },
  );

  test("to a wrong key shows that nothing was done", async () => {
    const stranger = { ...account, secretKey: "FLWSECK_TEST-other-X" };
    const request = terms();
    expect(await gateway.prepare(stranger, request)).toEqual({
      kind: "unreachable",
      detail: "keys refused",
    });
    expect(await gateway.checkAccount(stranger)).toMatchObject({ ok: false });
    expect(await gateway.checkAccount(account)).toEqual({ ok: true });
    expect((await gateway.charge(stranger, request)).kind).toBe("unknown");
  });

  test("lists charges oldest first, once each, with their refunds", async () => {
    const made: string[] = [];
    for (let count = 0; count < 11; count += 1) made.push((await paid()).outcome.reference);
    const [first = ""] = made;
    await standIn.act({ act: "refund", charge: first, amount: "40.00" });
    const listed = [];
    const now = Date.now();
    const range = { from: new Date(now - 3_600_000), until: new Date(now + 7_200_000) };
    for await (const page of gateway.listCharges?.(account, range) ?? []) listed.push(...page);
    const references = listed.map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
    expect(references.filter((reference) => made.includes(reference))).toEqual(made);
    expect(listed.find(({ reference }) => reference === first)).toMatchObject({
      status: "succeeded",
      amountMinor: 15_000n,
      capturedMinor: 15_000n,
      refundedMinor: 4_000n,
      refunds: [{ merchantReference: "", status: "succeeded", amountMinor: 4_000n }],
    });
  });
});

test.each([
  ["test", "FLWSECK_TEST-a-X", null],
  ["live", "FLWSECK-a-X", null],
  ["live", "FLWSECK_TEST-a-X", "This is a key of test mode, and the account is in live mode."],
  ["test", "FLWSECK-a-X", "This is a key of live mode, and the account is in test mode."],
  ["test", "sk_test_1", "The secret key must begin with FLWSECK."],
] as const)("in %s mode the key %s has the problem: %s", (mode, secretKey, problem) => {
  expect(gateway.keyProblem({ mode, merchantId: "", publicKey: "", secretKey })).toBe(problem);
});
