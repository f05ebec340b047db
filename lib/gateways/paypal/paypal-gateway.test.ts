import { randomBytes } from "node:crypto";
import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { paypalStandIn } from "../../../sandbox/paypal/paypal-stand-in.ts";
import { TestStandIn } from "../../../sandbox/testing.ts";
import { OpenApi } from "../../testing/openapi-check.ts";
import type { GatewayAccount, LookupRequest, PrepareRequest } from "../gateway.ts";
import { paypalGateway as gateway } from "./paypal-gateway.ts";

type Payment = PrepareRequest & LookupRequest;
type Exchange = {
  method: string;
  path: string;
  headers: Headers;
  body: string;
  status: number;
  answer: unknown;
};

const specs = [
  new OpenApi("paypal-orders-v2.openapi.json"),
  new OpenApi("paypal-payments-v2.openapi.json"),
];
const specOf = (path: string) => (path.startsWith("/v2/checkout") ? specs[0]! : specs[1]!);

let standIn: TestStandIn;
let account: GatewayAccount;
/** All that was said between the adapter and PayPal. */
let said: Exchange[] = [];
/** What PayPal is to answer instead, once, by the method and the end of the path. */
let instead: Record<string, { status: number; body: unknown }> = {};
/** What the adapter is to have sent besides. */
let more: Record<string, string> = {};

const proxy = createServer((request, response) => {
  void (async () => {
    const body = await textOf(request);
    const { method = "", url = "/" } = request;
    const key = Object.keys(instead).find((known) => `${method} ${url}`.endsWith(known));
    const told = key === undefined ? null : instead[key]!;
    if (key !== undefined) Reflect.deleteProperty(instead, key);
    const answer = told
      ? { status: told.status, text: JSON.stringify(told.body) }
      : await passOn(request, body);
    said.push({
      method,
      path: url,
      headers: new Headers(request.headers as Record<string, string>),
      body,
      status: answer.status,
      answer: answer.text === "" ? null : JSON.parse(answer.text),
    });
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    response.end(answer.text);
  })();
});

async function textOf(stream: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function passOn(request: IncomingMessage, body: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { method, url = "/", headers } = request;
    const target = new URL(url, standIn.server.baseUrl);
    const sent = forward(target, { method, headers: { ...headers, ...more } }, (answer) => {
      void textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

beforeAll(async () => {
  standIn = await TestStandIn.start(paypalStandIn);
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  account = { ...standIn.account(), apiUrl };
});
beforeEach(() => {
  said = [];
  instead = {};
  more = {};
});
afterAll(async () => {
  proxy.close();
  proxy.closeAllConnections();
  await standIn.stop();
});

const hex = () => randomBytes(6).toString("hex").toUpperCase();

async function prepared(over: Partial<Payment> = {}): Promise<Payment> {
  const request: Payment = {
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
    payment: { card: null, fields: {} },
    ...over,
  };
  const outcome = await gateway.prepare(account, request);
  if (outcome.kind !== "prepared") throw new Error(JSON.stringify(outcome));
  return { ...request, intentReference: outcome.intentReference };
}

async function approved(over: Partial<Payment> = {}, card = "balance"): Promise<Payment> {
  const payment = await prepared(over);
  await standIn.act({ act: "approve", transaction: payment.merchantReference, card });
  return payment;
}

async function paid(over: Partial<Payment> = {}) {
  const payment = await approved(over);
  const outcome = await gateway.charge(account, payment);
  if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") throw new Error(outcome.kind);
  const about = {
    gatewayKey: `tb-${hex()}`,
    chargeReference: outcome.reference,
    intentReference: payment.intentReference,
    currency: payment.currency,
  };
  return { payment, outcome, about };
}

const refundOf = ({ about }: Awaited<ReturnType<typeof paid>>, amountMinor: bigint) => ({
  ...about,
  gatewayKey: `tb-${hex()}`,
  merchantReference: `REF-${hex()}`,
  refundReference: null,
  amountMinor,
});

/** The sentences of errors are PayPal's to change; their codes are not. */
function withoutWords(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (name === "description" ? undefined : value)),
  );
}

describe("PayPal's own description", () => {
  test("allows every request, and every answer of the sandbox", async () => {
    await gateway.charge(account, await prepared());
    const charge = await paid();
    await gateway.lookupCharge(account, charge.payment);
    const refund = refundOf(charge, 4_000n);
    const made = await gateway.refund(account, refund);
    await gateway.refund(account, refund);
    const refundReference = made.kind === "succeeded" ? made.reference : "";
    await gateway.lookupRefund(account, { ...refund, refundReference });
    await gateway.lookupRefund(account, refund);
    await gateway.refund(account, refundOf(charge, 99_000n));
    const hold = await paid({ captureMethod: "manual" });
    const merchantReference = hold.payment.merchantReference;
    const part = { ...hold.about, merchantReference, amountMinor: 4_000n };
    await gateway.holds!.lookup(account, part);
    await gateway.holds!.capture(account, part);
    await gateway.holds!.lookup(account, part);
    await gateway.holds!.void(account, { ...part, gatewayKey: "tb-void" });
    const other = await paid({ captureMethod: "manual", currency: "JPY", amountMinor: 1_234n });
    const all = { ...other.about, merchantReference, amountMinor: 1_234n };
    await gateway.holds!.void(account, all);
    await gateway.holds!.capture(account, all);
    await gateway.charge(account, await approved({}, "declined"));
    await gateway.charge(account, await approved({}, "echeck"));
    await gateway.charge(account, await prepared({ currency: "HUF", amountMinor: 12_300n }));
    await gateway.cancelCharge(account, { ...charge.payment, intentReference: "NONE" });
    const checked = said.filter(({ path }) => path.startsWith("/v2/"));
    expect(checked.length).toBeGreaterThan(25);
    const problems = checked.flatMap(({ method, path, body, headers, status, answer }) => [
      ...specOf(path).request({ method, path, headers, ...(body && { body }) }),
      ...(status === 204
        ? []
        : specOf(path).answer({ method, path, status, body: withoutWords(answer) })),
    ]);
    expect(problems).toEqual([]);
  });

  test("has currencies without decimals written without, and says what became of them", async () => {
    const { outcome } = await paid({ currency: "HUF", amountMinor: 12_300n });
    expect(outcome).toMatchObject({ amountMinor: 12_300n, currency: "HUF" });
    const create = said.find(({ path }) => path === "/v2/checkout/orders")!;
    expect(JSON.parse(create.body)).toMatchObject({
      purchase_units: [{ amount: { currency_code: "HUF", value: "123" } }],
    });
    const problem = await gateway.prepare(account, await prepared({ intentReference: null }));
    expect(problem.kind).toBe("prepared");
    const tooFine = { ...(await prepared()), intentReference: null, currency: "HUF" };
    const refused = await gateway.prepare(account, { ...tooFine, amountMinor: 12_345n });
    expect(refused).toMatchObject({ kind: "refused", message: /exactly/ });
  });
});

describe("the access token", () => {
  const tokens = () => said.filter(({ path }) => path === "/v1/oauth2/token").length;
  const fresh = () => ({ ...account, publicKey: `A${hex()}${hex()}` });

  test("is asked for once by all who need one at the same moment", async () => {
    // At another address it is another token.
    account = { ...account, apiUrl: account.apiUrl.replace("127.0.0.1", "localhost") };
    await Promise.all(Array.from({ length: 10 }, () => prepared()));
    await prepared();
    expect(tokens()).toBe(1);
  });

  test("that is over there before it is here is asked for anew, and the call is made once", async () => {
    const payment = await approved();
    await standIn.advance(40_000);
    said = [];
    // Three hours later the approval has lapsed as well.
    const outcome = await gateway.charge(account, payment);
    expect(outcome).toMatchObject({ kind: "declined", reason: "payment_expired" });
    expect(said.map(({ method, status }) => `${method} ${status}`)).toEqual([
      "GET 401",
      "POST 200",
      "GET 404",
    ]);
  });

  test("is refused with wrong keys: nothing is sent, and the account is not good", async () => {
    const wrong = fresh();
    const payment = await approved();
    said = [];
    expect(await gateway.charge(wrong, payment)).toEqual({
      kind: "not_sent",
      detail: "keys refused",
    });
    expect(said.every(({ path }) => path === "/v1/oauth2/token")).toBe(true);
    expect(await gateway.lookupCharge(wrong, payment)).toMatchObject({ kind: "unknown" });
    expect(await gateway.checkAccount(wrong)).toMatchObject({ ok: false, problem: /refuses/ });
    expect(await gateway.checkAccount(account)).toEqual({ ok: true });
  });

  test("that is refused a second time ends as refused keys, and loops no further", async () => {
    const payment = await approved();
    const order = payment.intentReference!;
    const refused = { status: 401, body: { error: "invalid_token" } };
    said = [];
    // One for the end of the path, one for the whole.
    instead = { [order]: refused, [`orders/${order}`]: refused };
    expect(await gateway.charge(account, payment)).toEqual({
      kind: "not_sent",
      detail: "keys refused",
    });
    expect(said.map(({ method, status }) => `${method} ${status}`)).toEqual([
      "GET 401",
      "POST 200",
      "GET 401",
    ]);
    expect((await gateway.charge(account, payment)).kind).toBe("succeeded");
  });
});

describe("a charge", () => {
  test("of an order that was declined at PayPal is declined, and the order takes nothing", async () => {
    const payment = await approved({}, "declined");
    const outcome = await gateway.charge(account, payment);
    expect(outcome).toMatchObject({ kind: "declined", reason: "card_declined" });
    expect(await gateway.lookupCharge(account, payment)).toMatchObject({ kind: "declined" });
  });

  test("that clears later is pending, and succeeds when it has cleared", async () => {
    const payment = await approved({}, "echeck");
    const outcome = await gateway.charge(account, payment);
    expect(outcome.kind).toBe("pending");
    await standIn.advance(60);
    expect(await gateway.lookupCharge(account, payment)).toMatchObject({
      kind: "succeeded",
      reference: outcome.kind === "pending" ? outcome.reference : "",
    });
  });

  test.each<[string, number, unknown, string]>([
    ["a done one is read", 422, { details: [{ issue: "ORDER_ALREADY_CAPTURED" }] }, "unknown"],
    [
      "a busy one is unknown",
      409,
      { details: [{ issue: "PREVIOUS_REQUEST_IN_PROGRESS" }] },
      "unknown",
    ],
    [
      "one in progress is unknown",
      422,
      { details: [{ issue: "ORDER_COMPLETION_IN_PROGRESS" }] },
      "unknown",
    ],
    [
      "a setting of the merchant's",
      422,
      { details: [{ issue: "PAYEE_ACCOUNT_RESTRICTED" }] },
      "declined",
    ],
    ["an error without details", 400, {}, "declined"],
    ["no permission", 403, {}, "not_sent"],
    ["a page of some proxy", 502, {}, "unknown"],
    ["a success without an order", 201, { id: 7 }, "unknown"],
    ["a success that is still approved", 201, null, "unknown"],
  ])("%s", async (_name, status, over, kind) => {
    const payment = await approved();
    const approvedOrder = {
      id: payment.intentReference,
      status: "APPROVED",
      purchase_units: [{ custom_id: payment.merchantReference }],
    };
    const body = over === null ? approvedOrder : { name: "X", message: "", ...(over as object) };
    instead = { "/capture": { status, body } };
    const outcome = await gateway.charge(account, payment);
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "unknown") expect(outcome.detail).not.toMatch(/[{<]/);
  });

  test("of another payment's order is not taken for this one's", async () => {
    const { payment } = await paid();
    const mine = { ...payment, merchantReference: "TXN-FFFFFFFFFFFF" };
    expect(await gateway.lookupCharge(account, mine)).toMatchObject({ kind: "unknown" });
  });

  test("with an amount that cannot be read is unknown", async () => {
    const { payment } = await paid();
    const capture = {
      id: "C1",
      status: "COMPLETED",
      amount: { currency_code: "USD", value: "1.234" },
    };
    const unit = { custom_id: payment.merchantReference, payments: { captures: [capture] } };
    const body = { id: payment.intentReference, status: "COMPLETED", purchase_units: [unit] };
    instead = { [payment.intentReference!]: { status: 200, body } };
    expect(await gateway.lookupCharge(account, payment)).toMatchObject({ kind: "unknown" });
  });

  test("sends the shopper nowhere but to PayPal", async () => {
    const payment = await prepared();
    const outcome = await gateway.charge(account, payment);
    // The sandbox is not where this account's API is: the proxy stands between them.
    expect(outcome).toEqual({ kind: "action_required", reference: null, url: null });
    const own = await gateway.charge(standIn.account(), payment);
    expect(own).toMatchObject({
      url: `${standIn.server.baseUrl}/checkoutnow?token=${payment.intentReference}`,
    });
    const links = [{ rel: "payer-action", href: "https://www.paypal.com.evil.example/x" }];
    const body = {
      id: payment.intentReference,
      status: "PAYER_ACTION_REQUIRED",
      purchase_units: [{ custom_id: payment.merchantReference }],
      links,
    };
    instead = { [payment.intentReference!]: { status: 200, body } };
    expect(await gateway.charge(account, payment)).toMatchObject({ url: null });
  });

  test("that the shopper gave up, or left alone for hours, is over", async () => {
    const payment = await prepared();
    const input = gateway.parsePayment({ status: "cancelled", token: "x" });
    expect(await gateway.lookupCharge(account, { ...payment, payment: input })).toMatchObject({
      kind: "declined",
      reason: "cancelled",
    });
    const openedAt = new Date(Date.now() - 7 * 3_600_000);
    expect(await gateway.lookupCharge(account, { ...payment, openedAt })).toMatchObject({
      reason: "payment_expired",
    });
    await standIn.act({ act: "approve", transaction: payment.merchantReference });
    // Approved in another window: what the browser says of it is no fact.
    const found = await gateway.lookupCharge(account, { ...payment, payment: input });
    expect(found).toMatchObject({ kind: "succeeded" });
  });

  test("given up after it was approved takes nothing, and PayPal is not asked to", async () => {
    const payment = await approved();
    said = [];
    expect(await gateway.cancelCharge(account, payment)).toMatchObject({ reason: "cancelled" });
    expect(said.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("without an order is nowhere", async () => {
    const payment = { ...(await prepared()), intentReference: null };
    expect((await gateway.charge(account, payment)).kind).toBe("not_sent");
    expect(await gateway.lookupCharge(account, payment)).toEqual({ kind: "absent" });
  });
});

describe("negative testing", () => {
  test.each([
    ["INSTRUMENT_DECLINED", "card_declined"],
    ["PAYER_ACCOUNT_RESTRICTED", "card_declined"],
    ["COMPLIANCE_VIOLATION", "processing_error"],
  ])("%s is %s", async (code, reason) => {
    const payment = await approved();
    more = { "PayPal-Mock-Response": JSON.stringify({ mock_application_codes: code }) };
    expect(await gateway.charge(account, payment)).toMatchObject({ kind: "declined", reason });
  });
});

describe("a refund", () => {
  test("without money at the merchant's is refused; of a pending payment too", async () => {
    const charge = await paid();
    more = {
      "PayPal-Mock-Response": '{"mock_application_codes":"REFUND_FAILED_INSUFFICIENT_FUNDS"}',
    };
    const refused = { kind: "declined", reason: "refund_refused" };
    expect(await gateway.refund(account, refundOf(charge, 1_000n))).toMatchObject(refused);
  });

  test("that fails after it had seemed done is told", async () => {
    const charge = await paid();
    const request = refundOf(charge, 1_000n);
    const made = await gateway.refund(account, request);
    await standIn.act({ act: "fail_refund", refund: request.merchantReference });
    const refundReference = made.kind === "succeeded" ? made.reference : "";
    expect(await gateway.lookupRefund(account, { ...request, refundReference })).toMatchObject({
      kind: "declined",
      reason: "refund_failed",
    });
  });

  test("that is too old for its key is not called absent", async () => {
    const request = refundOf(await paid(), 1_000n);
    const openedAt = new Date(Date.now() - 46 * 86_400_000);
    expect(await gateway.lookupRefund(account, request)).toEqual({ kind: "absent" });
    expect(await gateway.lookupRefund(account, { ...request, openedAt })).toMatchObject({
      kind: "unknown",
    });
  });
});

describe("a hold", () => {
  test("that has run out is gone, whoever is asked for what", async () => {
    const hold = await paid({ captureMethod: "manual" });
    const { merchantReference } = hold.payment;
    const request = { ...hold.about, merchantReference, amountMinor: 15_000n };
    await standIn.act({ act: "expire_authorization", transaction: merchantReference });
    const gone = { kind: "declined", reason: "authorization_expired" };
    expect(await gateway.holds!.capture(account, request)).toMatchObject(gone);
    expect(await gateway.holds!.void(account, request)).toMatchObject(gone);
    expect(await gateway.holds!.lookup(account, request)).toMatchObject(gone);
  });

  test("that staff released at PayPal ends a capture, and is what a release asked for", async () => {
    const hold = await paid({ captureMethod: "manual" });
    const { merchantReference } = hold.payment;
    const request = { ...hold.about, merchantReference, amountMinor: 15_000n };
    await standIn.act({ act: "void_authorization", transaction: merchantReference });
    expect(await gateway.holds!.capture(account, request)).toMatchObject({ reason: "voided" });
    expect((await gateway.holds!.void(account, request)).kind).toBe("succeeded");
  });

  test("that was captured is not released, nor its capture taken for a release", async () => {
    const hold = await paid({ captureMethod: "manual" });
    const { merchantReference } = hold.payment;
    const request = { ...hold.about, merchantReference, amountMinor: 15_000n };
    await gateway.holds!.capture(account, request);
    const release = { ...request, gatewayKey: `tb-${hex()}`, move: "void" as const };
    const refused = { kind: "declined", reason: "capture_refused" };
    expect(await gateway.holds!.void(account, release)).toMatchObject(refused);
    expect(await gateway.holds!.lookup(account, release)).toMatchObject(refused);
  });
});

describe("the list", () => {
  test("reads more than a page and more than a month, holds with their captures", async () => {
    const { now } = await standIn.server.onBook((context) => Promise.resolve(context));
    const from = new Date(now.getTime() - 1_000);
    const hold = await paid({ captureMethod: "manual" });
    const { merchantReference } = hold.payment;
    await gateway.holds!.capture(account, {
      ...hold.about,
      merchantReference,
      amountMinor: 4_000n,
    });
    const open = await paid({ captureMethod: "manual" });
    for (let count = 0; count < 55; count += 1) await paid();
    await gateway.refund(account, refundOf(await paid(), 1_500n));
    said = [];
    const until = new Date(from.getTime() + 40 * 86_400_000);
    const listed = [];
    for await (const page of gateway.listCharges!(account, { from, until })) listed.push(...page);
    const searches = said.filter(({ path }) => path.startsWith("/v1/reporting"));
    expect(searches.length).toBeGreaterThan(2);
    const byReference = new Map(listed.map((charge) => [charge.merchantReference, charge]));
    expect(byReference.size).toBe(listed.length);
    expect(byReference.get(merchantReference)).toMatchObject({
      status: "succeeded",
      amountMinor: 15_000n,
      capturedMinor: 4_000n,
    });
    expect(byReference.get(merchantReference)?.reference).not.toBe(hold.outcome.reference);
    expect(byReference.get(open.payment.merchantReference)).toMatchObject({
      status: "authorized",
      reference: open.outcome.reference,
      capturedMinor: 0n,
    });
  });

  test("that cannot be read throws, and says nothing of what came", async () => {
    const broken = async () => {
      const range = { from: new Date(Date.now() - 1_000), until: new Date() };
      for await (const page of gateway.listCharges!(account, range)) expect(page).toBeDefined();
    };
    instead = { "page=1": { status: 500, body: {} } };
    await expect(broken()).rejects.toThrow("could not be read");
  });
});

test("keys that cannot be PayPal's are told apart", () => {
  const { mode, merchantId, publicKey, secretKey } = account;
  const keys = { mode, merchantId, publicKey, secretKey };
  expect(gateway.keyProblem(keys)).toBeNull();
  expect(gateway.keyProblem({ ...keys, publicKey: "" })).toMatch(/client id/);
  expect(gateway.keyProblem({ ...keys, secretKey: "sk live" })).toMatch(/client secret/);
  expect(gateway.keyProblem({ ...keys, secretKey: publicKey })).toMatch(/same/);
});
