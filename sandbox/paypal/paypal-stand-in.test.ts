import { readFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestStandIn } from "../testing.ts";
import { signerOfProcess } from "./certificate.ts";
import { feeOf, moneyIssue, moneyOf } from "./money.ts";
import { paypalStandIn } from "./paypal-stand-in.ts";

let at: TestStandIn;
let token = "";

beforeAll(async () => {
  at = await TestStandIn.start(paypalStandIn);
  token = await newToken();
});
afterAll(() => at.stop());

async function newToken(): Promise<string> {
  const { publicKey, secretKey } = at.account();
  const response = await fetch(`${at.server.baseUrl}/v1/oauth2/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${publicKey}:${secretKey}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

type Body = Record<string, unknown>;
type Answer = { status: number; headers: Headers; body: Body };

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(at.server.baseUrl + path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(method === "POST" && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

/** What is at a path of names, `links.0.href`. */
function pick(body: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);
}

const whole = { Prefer: "return=representation" };
const unit = { amount: { currency_code: "USD", value: "10.00" }, custom_id: "TXN-1" };
const order = { intent: "CAPTURE", purchase_units: [unit] };
let count = 0;

async function approvedOrder(over: object = {}, intent = "CAPTURE"): Promise<string> {
  count += 1;
  const custom_id = `TXN-${count}-${intent}`;
  const asked = { intent, purchase_units: [{ ...unit, custom_id, ...over }] };
  const { body } = await call("POST", "/v2/checkout/orders", asked);
  await at.act({ act: "approve", transaction: custom_id });
  return body["id"] as string;
}

async function captured(over: object = {}): Promise<string> {
  const id = await approvedOrder(over);
  const { body } = await call("POST", `/v2/checkout/orders/${id}/capture`, {}, whole);
  return String(pick(body, "purchase_units.0.payments.captures.0.id"));
}

const issueOf = ({ body }: Answer): string => String(pick(body, "details.0.issue") ?? body["name"]);

describe("a token", () => {
  test("is refused with wrong keys in OAuth's words", async () => {
    const response = await fetch(`${at.server.baseUrl}/v1/oauth2/token`, { method: "POST" });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
  });

  test("is needed for every call, and ends", async () => {
    for (const bad of ["", "Bearer A21AA9999999999.x", `Basic ${token}`]) {
      const answer = await call("GET", "/v2/checkout/orders/X", undefined, { Authorization: bad });
      expect([answer.status, answer.body["name"]]).toEqual([401, "AUTHENTICATION_FAILURE"]);
    }
    await at.advance(33_000);
    expect((await call("GET", "/v2/checkout/orders/X")).status).toBe(401);
    token = await newToken();
    expect((await call("GET", "/v2/checkout/orders/X")).status).toBe(404);
  });
});

describe("an order", () => {
  test.each<[string, object, string]>([
    ["no intent", { purchase_units: [unit] }, "MISSING_REQUIRED_PARAMETER"],
    ["another intent", { ...order, intent: "SAVE" }, "INVALID_PARAMETER_VALUE"],
    ["an amount that is a number", withAmount({ value: 10 }), "INVALID_PARAMETER_SYNTAX"],
    ["no amount", withAmount({ value: "0.00" }), "CANNOT_BE_ZERO_OR_NEGATIVE"],
    ["a negative amount", withAmount({ value: "-1.00" }), "CANNOT_BE_ZERO_OR_NEGATIVE"],
    ["three decimals", withAmount({ value: "1.001" }), "DECIMAL_PRECISION"],
    ["decimals of yen", withAmount({ currency_code: "JPY" }), "DECIMALS_NOT_SUPPORTED"],
    [
      "a currency that PayPal does not take",
      withAmount({ currency_code: "INR" }),
      "INVALID_CURRENCY_CODE",
    ],
    [
      "a long reference",
      { ...order, purchase_units: [{ ...unit, custom_id: "x".repeat(128) }] },
      "INVALID_STRING_LENGTH",
    ],
    [
      "a wallet and no request id",
      { ...order, payment_source: { paypal: {} } },
      "PAYPAL_REQUEST_ID_REQUIRED",
    ],
  ])("with %s is refused", async (_name, body, issue) => {
    const answer = await call("POST", "/v2/checkout/orders", body);
    expect(issueOf(answer)).toBe(issue);
    expect(answer.headers.get("paypal-debug-id")).toBe(answer.body["debug_id"]);
  });

  function withAmount(over: object): object {
    return { ...order, purchase_units: [{ ...unit, amount: { ...unit.amount, ...over } }] };
  }

  test("that is no JSON, or says that it is something else, is refused", async () => {
    expect(issueOf(await call("POST", "/v2/checkout/orders", "{"))).toBe("MALFORMED_REQUEST_JSON");
    const text = { "Content-Type": "text/plain" };
    expect((await call("POST", "/v2/checkout/orders", order, text)).status).toBe(415);
  });

  test("asked for twice with one id is one, as it is by now; with another body it is refused", async () => {
    const key = { "PayPal-Request-Id": "key-1" };
    const first = await call("POST", "/v2/checkout/orders", order, key);
    expect([first.status, first.body["status"]]).toEqual([201, "CREATED"]);
    await at.act({ act: "approve", transaction: "TXN-1" });
    const again = await call("POST", "/v2/checkout/orders", order, key);
    expect([again.status, again.body["status"]]).toEqual([200, "APPROVED"]);
    expect(again.body["id"]).toBe(first.body["id"]);
    const other = await call("POST", "/v2/checkout/orders", { ...order, intent: "AUTHORIZE" }, key);
    expect(issueOf(other)).toBe("DUPLICATE_REQUEST_ID");
    expect((await call("POST", "/v2/checkout/orders", order)).body["id"]).not.toBe(
      first.body["id"],
    );
  });

  test("takes no money before it is approved, once after, and not by the other way", async () => {
    const { body } = await call("POST", "/v2/checkout/orders", order);
    const path = `/v2/checkout/orders/${body["id"]}`;
    expect(issueOf(await call("POST", `${path}/capture`, {}))).toBe("ORDER_NOT_APPROVED");
    await at.act({ act: "approve", transaction: "TXN-1" });
    expect(issueOf(await call("POST", `${path}/authorize`, {}))).toBe(
      "ACTION_DOES_NOT_MATCH_INTENT",
    );
    const key = { "PayPal-Request-Id": "capture-1", ...whole };
    const made = await call("POST", `${path}/capture`, {}, key);
    expect(made.status).toBe(201);
    const capture = pick(made.body, "purchase_units.0.payments.captures.0");
    expect(capture).toMatchObject({
      status: "COMPLETED",
      final_capture: true,
      seller_receivable_breakdown: {
        gross_amount: { value: "10.00" },
        paypal_fee: { value: "0.83" },
        net_amount: { value: "9.17" },
      },
    });
    expect((await call("POST", `${path}/capture`, {}, key)).status).toBe(200);
    expect(issueOf(await call("POST", `${path}/capture`, {}))).toBe("ORDER_ALREADY_CAPTURED");
  });

  test("whose source is declined may be approved again with another", async () => {
    const id = await approvedOrder();
    const transaction = `TXN-${count}-CAPTURE`;
    await at.act({ act: "fail_payment", transaction });
    const path = `/v2/checkout/orders/${id}/capture`;
    expect(issueOf(await call("POST", path, {}))).toBe("INSTRUMENT_DECLINED");
    await at.act({ act: "pay", transaction });
    expect((await call("POST", path, {})).status).toBe(201);
  });

  test("lapses: unapproved it is gone, approved its approval is taken back", async () => {
    const id = await approvedOrder();
    await at.deliveries();
    await at.advance(3 * 3_600 + 1);
    expect((await call("GET", `/v2/checkout/orders/${id}`)).status).toBe(404);
    expect((await at.deliveries()).map(({ type }) => type)).toContain(
      "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    );
  });

  test("has an invoice id of its own", async () => {
    await captured({ invoice_id: "INV-1" });
    const id = await approvedOrder({ invoice_id: "INV-1" });
    expect(issueOf(await call("POST", `/v2/checkout/orders/${id}/capture`, {}))).toBe(
      "DUPLICATE_INVOICE_ID",
    );
  });
});

describe("a hold", () => {
  async function held(): Promise<string> {
    const id = await approvedOrder({}, "AUTHORIZE");
    const { body } = await call("POST", `/v2/checkout/orders/${id}/authorize`, {}, whole);
    return String(pick(body, "purchase_units.0.payments.authorizations.0.id"));
  }

  test("is captured in parts until one is final", async () => {
    const path = `/v2/payments/authorizations/${await held()}`;
    const part = (value: string, final_capture: boolean) =>
      call("POST", `${path}/capture`, { amount: { currency_code: "USD", value }, final_capture });
    expect((await part("4.00", false)).status).toBe(201);
    expect((await call("GET", path)).body["status"]).toBe("PARTIALLY_CAPTURED");
    expect(issueOf(await part("6.01", true))).toBe("MAX_CAPTURE_AMOUNT_EXCEEDED");
    expect((await part("5.00", true)).status).toBe(201);
    expect(issueOf(await part("1.00", true))).toBe("AUTHORIZATION_ALREADY_CAPTURED");
    expect(issueOf(await call("POST", `${path}/void`))).toBe("PREVIOUSLY_CAPTURED");
  });

  test("is renewed after three days, and over after twenty-nine", async () => {
    const path = `/v2/payments/authorizations/${await held()}`;
    expect(issueOf(await call("POST", `${path}/reauthorize`, {}))).toBe(
      "REAUTHORIZATION_NOT_SUPPORTED",
    );
    await at.advance(3 * 86_400 + 1);
    token = await newToken();
    expect((await call("POST", `${path}/reauthorize`, {})).status).toBe(201);
    await at.deliveries();
    await at.advance(26 * 86_400);
    token = await newToken();
    expect((await call("GET", path)).body["status"]).toBe("VOIDED");
    expect(issueOf(await call("POST", `${path}/capture`, {}))).toBe("AUTHORIZATION_EXPIRED");
    const told = await at.deliveries();
    expect(told.map(({ type }) => type)).toContain("PAYMENT.AUTHORIZATION.VOIDED");
  });
});

test("a refund: no body gives all that is left; no more than that, and not after 180 days", async () => {
  const path = `/v2/payments/captures/${await captured()}`;
  const part = { amount: { currency_code: "USD", value: "3.00" } };
  expect((await call("POST", `${path}/refund`, part)).status).toBe(201);
  const tooMuch = { amount: { currency_code: "USD", value: "7.01" } };
  expect(issueOf(await call("POST", `${path}/refund`, tooMuch))).toBe("REFUND_AMOUNT_EXCEEDED");
  const other = { amount: { currency_code: "EUR", value: "1.00" } };
  expect(issueOf(await call("POST", `${path}/refund`, other))).toBe(
    "REFUND_CAPTURE_CURRENCY_MISMATCH",
  );
  const rest = await call("POST", `${path}/refund`, undefined, whole);
  expect(rest.body).toMatchObject({
    amount: { value: "7.00" },
    seller_payable_breakdown: {
      paypal_fee: { value: "0.00" },
      total_refunded_amount: { value: "10.00" },
    },
  });
  expect((await call("GET", path)).body["status"]).toBe("REFUNDED");
  expect(issueOf(await call("POST", `${path}/refund`))).toBe("CAPTURE_FULLY_REFUNDED");
  const old = await captured();
  await at.advance(181 * 86_400);
  token = await newToken();
  expect(issueOf(await call("POST", `/v2/payments/captures/${old}/refund`))).toBe(
    "REFUND_TIME_LIMIT_EXCEEDED",
  );
});

describe("webhooks", () => {
  test("can be checked by asking, the event to the byte", async () => {
    await captured();
    const [delivery] = await at.deliveries();
    const { headers, body } = delivery!;
    const asked = (event: string, webhookId = at.account().webhookSecrets[0]!) =>
      call(
        "POST",
        "/v1/notifications/verify-webhook-signature",
        `{"auth_algo":"${headers.get("paypal-auth-algo")}","cert_url":"${headers.get("paypal-cert-url")}",
          "transmission_id":"${headers.get("paypal-transmission-id")}","transmission_sig":"${headers.get("paypal-transmission-sig")}",
          "transmission_time":"${headers.get("paypal-transmission-time")}","webhook_id":"${webhookId}","webhook_event":${event}}`,
      );
    const text = new TextDecoder().decode(body);
    expect((await asked(text)).body).toEqual({ verification_status: "SUCCESS" });
    const spaced = JSON.stringify(JSON.parse(text), null, 1);
    expect((await asked(spaced)).body).toEqual({ verification_status: "FAILURE" });
    expect((await asked(text, "WH0000000")).body).toEqual({ verification_status: "FAILURE" });
  });

  test("name a certificate that is one, made here", async () => {
    const { id, pem } = signerOfProcess();
    const url = `${at.server.baseUrl}/v1/notifications/certs`;
    const found = await (await fetch(`${url}/${id}`)).text();
    expect(found).toBe(pem);
    const certificate = new X509Certificate(found);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo) > new Date()).toBe(true);
    expect((await fetch(`${url}/CERT-other`)).status).toBe(404);
  });
});

describe("the search", () => {
  const search = (query: Record<string, string>) =>
    call("GET", `/v1/reporting/transactions?${new URLSearchParams(query)}`);

  test("takes no more than 31 days, and pages", async () => {
    const { now } = await at.server.onBook((context) => Promise.resolve(context));
    const end_date = new Date(now.getTime() + 60_000).toISOString();
    const days = (count: number) => new Date(now.getTime() - count * 86_400_000).toISOString();
    expect(issueOf(await search({ start_date: days(32), end_date }))).toBe(
      "INVALID_PARAMETER_VALUE",
    );
    expect(issueOf(await search({ start_date: "today", end_date }))).toBe(
      "INVALID_PARAMETER_SYNTAX",
    );
    const before = await search({ start_date: days(1), end_date });
    const known = Number(before.body["total_items"]);
    for (let made = known; made < 5; made += 1) await captured();
    const first = await search({ start_date: days(1), end_date, page_size: "2", page: "1" });
    expect(first.body).toMatchObject({ total_items: 5, total_pages: 3 });
    expect(first.body["transaction_details"]).toHaveLength(2);
    expect(pick(first.body, "transaction_details.0.transaction_info")).toMatchObject({
      transaction_event_code: "T0006",
      transaction_status: "S",
      transaction_amount: { value: "10.00" },
      fee_amount: { value: "-0.83" },
    });
  });
});

describe("the pages", () => {
  const open = (query: Record<string, string>) =>
    fetch(`${at.server.baseUrl}/checkoutnow?${new URLSearchParams(query)}`);
  const decide = (fields: Record<string, string>) =>
    fetch(`${at.server.baseUrl}/checkoutnow`, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
  const withReturn = {
    ...order,
    payment_source: {
      paypal: {
        experience_context: {
          return_url: "http://shop.example/back?a=1",
          cancel_url: "http://shop.example/back?a=1&status=cancelled",
          brand_name: "A <b> shop",
        },
      },
    },
  };
  const make = async () => {
    count += 1;
    const key = { "PayPal-Request-Id": `page-${count}` };
    const made = await call("POST", "/v2/checkout/orders", withReturn, key);
    return made.body["id"] as string;
  };

  test("say that they are a sandbox, show the amount, and write nothing of others as markup", async () => {
    const token = await make();
    const page = await (await open({ token })).text();
    expect(page).toContain("Sandbox.");
    expect(page).toContain("$10.00");
    expect(page).toContain("A &lt;b&gt; shop");
    expect(page).not.toContain("<b> shop");
    expect((await open({ token: "<x>" })).status).toBe(404);
  });

  test("send the buyer back, paid or not", async () => {
    const token = await make();
    const cancelled = await decide({ token, choice: "cancel" });
    expect(cancelled.headers.get("location")).toBe(
      `http://shop.example/back?a=1&status=cancelled&token=${token}`,
    );
    expect((await call("GET", `/v2/checkout/orders/${token}`)).body["status"]).toBe(
      "PAYER_ACTION_REQUIRED",
    );
    const paid = await decide({ token, choice: "pay", funding: "balance" });
    expect(paid.headers.get("location")).toMatch(
      new RegExp(`^http://shop.example/back\\?a=1&token=${token}&PayerID=`),
    );
    expect((await call("GET", `/v2/checkout/orders/${token}`)).body["status"]).toBe("APPROVED");
  });

  test("tell a shop's window its end, and no other", async () => {
    const token = await make();
    const told = await decide({ token, choice: "pay", origin: "http://shop.example" });
    expect(await told.text()).toContain('postMessage({"source":"paypal-sandbox"');
    const forged = await decide({ token, choice: "cancel", origin: "http://x/</script>" });
    expect(forged.status).toBe(303);
  });
});

test("the script is for our client id alone", async () => {
  const url = `${at.server.baseUrl}/sdk/js`;
  const good = await fetch(`${url}?client-id=${at.account().publicKey}&currency=USD`);
  expect(good.headers.get("content-type")).toMatch(/javascript/);
  const text = await good.text();
  expect(text).toContain(readFileSync(new URL("./sdk-client.js", import.meta.url), "utf8"));
  expect(() => new Function(text)).not.toThrow();
  expect((await fetch(`${url}?client-id=other`)).status).toBe(400);
});

test("disputes are opened, reviewed and decided, each told", async () => {
  const charge = await captured();
  await at.deliveries();
  await at.act({ act: "open_dispute", charge, amount: "4.00", reason: "UNAUTHORISED" });
  await at.act({ act: "review_dispute", charge });
  await at.act({ act: "lose_dispute", charge });
  await expect(at.act({ act: "win_dispute", charge })).rejects.toThrow("ended");
  expect((await at.deliveries()).map(({ type }) => type)).toEqual([
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
  ]);
  const listed = await call("GET", `/v1/customer/disputes?disputed_transaction_id=${charge}`);
  expect(listed.body["items"]).toMatchObject([
    { status: "RESOLVED", dispute_outcome: { outcome_code: "RESOLVED_BUYER_FAVOUR" } },
  ]);
});

test("amounts: fees, forgeries and what is none", () => {
  expect(feeOf({ currency_code: "USD", value: "0.10" })).toEqual({
    currency_code: "USD",
    value: "0.10",
  });
  expect(feeOf({ currency_code: "JPY", value: "1000" })).toEqual({
    currency_code: "JPY",
    value: "83",
  });
  expect(moneyOf(12_300n, "HUF")).toEqual({ currency_code: "HUF", value: "123" });
  expect(moneyIssue({ currency_code: "EUR", value: ".5" })).toBeNull();
});
