import { createHmac, randomUUID } from "node:crypto";
import { expect, test } from "@playwright/test";
import { placesOf } from "./gateway-side.ts";

// The API document and its contract, from outside, through both doors: the server's own, in front of
// Next, and Next's. One database stands behind both.
const fast = process.env.BASE_URL ?? "http://localhost:8000";
const doors = [
  ["the server's door", fast],
  ["Next's door", process.env.BASE_URL_NEXT],
] as const;

type Answer = { status: number; headers: Headers; body: Record<string, unknown>; text: string };
type Options = {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  method?: string;
};

async function call(base: string, path: string, options: Options = {}): Promise<Answer> {
  const { token, body, headers = {} } = options;
  const response = await fetch(base + path, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = {};
  try {
    parsed = JSON.parse(text);
  } catch {
    // An answer that is not JSON fails where its body is looked at.
  }
  return {
    status: response.status,
    headers: response.headers,
    body: parsed as Record<string, unknown>,
    text,
  };
}

const tokens = new Map<string, Promise<string>>();

function tokenOf(base: string, name: "shopper" | "second" | "admin" | "support"): Promise<string> {
  const known = tokens.get(name);
  if (known) return known;
  const body = { email: `${name}@example.com`, password: "tollbooth-demo" };
  const token = call(base, "/api/token/", { body }).then((answer) => String(answer.body.access));
  tokens.set(name, token);
  return token;
}

async function anOrder(base: string, token: string): Promise<{ id: number; order_number: string }> {
  const answer = await call(base, "/api/orders/", {
    token,
    body: { items: [{ sku: "BAT-AGM-70", quantity: 1 }] },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: number; order_number: string };
}

async function anIntent(base: string, token: string): Promise<string> {
  const order = await anOrder(base, token);
  const answer = await call(base, "/api/payment/create-intent/", {
    token,
    body: { order_id: order.id, gateway: "dummy" },
  });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.transaction_id);
}

function pay(base: string, token: string, transactionId: string, card?: string): Promise<Answer> {
  return call(base, "/api/payment/process/", {
    token,
    body: {
      transaction_id: transactionId,
      payment_method: "credit_card",
      ...(card === undefined ? {} : { payment_data: { card_number: card } }),
    },
  });
}

async function aPayment(base: string, token: string): Promise<string> {
  const transactionId = await anIntent(base, token);
  expect((await pay(base, token, transactionId)).status).toBe(200);
  return transactionId;
}

/** A Visa number that nobody else in this run has used: the last digit makes it pass Luhn's check. */
function aCardNumber(): string {
  const digits = `4${String(BigInt(`0x${randomUUID().replaceAll("-", "")}`))
    .slice(0, 14)
    .padStart(14, "0")}`;
  const sum = [...digits].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function tally(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** What every API answer carries, whatever it says. */
function expectSafeHeaders(answer: Answer): void {
  expect(answer.headers.get("x-request-id")).toMatch(/^[\w.-]{8,}$/);
  expect(answer.headers.get("server-timing")).toMatch(
    /db;desc="queries=\d+";dur=[\d.]+, cache;desc="(hit|miss|none)"/,
  );
  expect(answer.headers.get("cache-control")).toContain("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("strict-transport-security")).toContain("max-age=");
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(Number(answer.headers.get("ratelimit-limit"))).toBeGreaterThan(0);
  expect(answer.headers.get("ratelimit-remaining")).toMatch(/^\d+$/);
  expect(answer.headers.get("ratelimit-reset")).toMatch(/^\d+$/);
}

for (const [door, given] of doors) {
  const base = given ?? "";
  test.describe(`through ${door}`, () => {
    test.skip(given === undefined, "BASE_URL_NEXT is not set");
    // Tokens are signed alike at both doors, but each door is asked for its own.
    test.beforeAll(() => tokens.clear());

    test("the document's examples answer with the document's fields and types", async () => {
      const token = await tokenOf(base, "shopper");
      const configurations = await call(base, "/api/payment/configurations/", { token });
      expect(configurations.status).toBe(200);
      const listed = configurations.body as unknown as Record<string, unknown>[];
      const five = ["dummy", "stripe", "paypal", "razorpay", "flutterwave"];
      expect(listed.map(({ gateway }) => gateway)).toEqual(five);
      for (const one of listed) {
        expect(one).toEqual({
          id: expect.any(Number),
          gateway: expect.any(String),
          is_active: true,
          merchant_id: expect.stringMatching(/./),
          public_key: expect.stringMatching(/./),
          currency: expect.stringMatching(/^[A-Z]{3}$/),
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
          updated_at: expect.stringMatching(/Z$/),
        });
      }
      expect(listed[0]).toMatchObject({
        merchant_id: "dummy_merchant",
        public_key: "dummy_public_key",
        currency: "USD",
      });

      const order = await anOrder(base, token);
      const intent = await call(base, "/api/payment/create-intent/", {
        token,
        body: { order_id: order.id, gateway: "dummy" },
      });
      expect(intent.status).toBe(201);
      const transactionId = String(intent.body.transaction_id);
      expect(transactionId).toMatch(/^TXN-[0-9A-F]{12}$/);
      expect(intent.body).toEqual({
        transaction_id: transactionId,
        amount: "150.00",
        currency: "USD",
        gateway: "dummy",
        client_secret: `dummy_secret_${transactionId}`,
        publishable_key: "dummy_public_key",
      });

      const processed = await call(base, "/api/payment/process/", {
        token,
        body: {
          transaction_id: transactionId,
          payment_method: "credit_card",
          payment_data: {
            card_number: "4111111111111111",
            expiry_month: "12",
            expiry_year: "2027",
            cvv: "123",
          },
        },
      });
      expect(processed.status).toBe(200);
      expect(processed.body).toEqual({
        message: "Payment processed successfully",
        transaction_id: transactionId,
        status: "success",
      });

      const shown = await call(base, `/api/payment/transactions/${transactionId}/`, { token });
      expect(shown.status).toBe(200);
      expect(shown.body).toMatchObject({
        id: expect.any(Number),
        transaction_id: transactionId,
        order: order.id,
        order_number: order.order_number,
        user: expect.any(Number),
        user_email: "shopper@example.com",
        gateway: "dummy",
        gateway_transaction_id: expect.any(String),
        amount: "150.00",
        currency: "USD",
        status: "success",
        metadata: expect.objectContaining({ payment_method: "dummy" }),
        error_message: "",
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
        captured_amount: "150.00",
        refunded_amount: "0.00",
        refundable_amount: "150.00",
      });
      expect(shown.text).not.toContain("4111111111111111");

      const refund = await call(base, "/api/payment/refund/", {
        token: await tokenOf(base, "admin"),
        body: { transaction_id: transactionId, reason: "Customer request", amount: "150.00" },
      });
      expect(refund.status).toBe(201);
      expect(refund.body).toMatchObject({
        id: expect.any(Number),
        refund_id: expect.stringMatching(/^REF-[0-9A-F]{12}$/),
        transaction: shown.body.id,
        transaction_id: transactionId,
        amount: "150.00",
        currency: "USD",
        status: "refunded",
        reason: "Customer request",
        gateway_refund_id: expect.any(String),
        metadata: {},
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      });
    });

    test("every path works with and without its slash, and strangers get 401", async () => {
      const token = await tokenOf(base, "shopper");
      for (const path of [
        "/api/payment/configurations",
        "/api/payment/transactions",
        "/api/payment/refunds",
        "/api/orders",
      ]) {
        for (const form of [path, `${path}/`]) {
          expect((await call(base, form, { token })).status, form).toBe(200);
          const stranger = await call(base, form);
          expect(stranger.status, form).toBe(401);
          expect(stranger.body.detail).toEqual(expect.any(String));
          expectSafeHeaders(stranger);
        }
      }
      expect((await call(base, "/api/health")).status).toBe(200);
      expect((await call(base, "/api/products")).status).toBe(200);
      const openapi = await call(base, "/api/openapi.json");
      expect(openapi.body.openapi).toMatch(/^3\.1/);
      const absent = await call(base, "/api/nope/at/all", { token });
      expect(absent.status).toBe(404);
      expect(absent.body.detail).toEqual(expect.any(String));
      expectSafeHeaders(absent);
      const wrongMethod = await call(base, "/api/payment/process/", { method: "DELETE", token });
      expect(wrongMethod.status).toBe(405);
      expect(wrongMethod.headers.get("allow")).toContain("POST");
      expectSafeHeaders(wrongMethod);
    });

    test("50 process calls at once on one transaction make one charge", async () => {
      const token = await tokenOf(base, "shopper");
      const transactionId = await anIntent(base, token);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => pay(base, token, transactionId)),
      );
      const unexpected = answers.filter(({ status }) => ![200, 202, 409].includes(status));
      expect(unexpected.map(({ text }) => text)).toEqual([]);
      expect((await pay(base, token, transactionId)).status).toBe(200);
      const shown = await call(base, `/api/payment/transactions/${transactionId}/`, { token });
      expect(shown.body).toMatchObject({ status: "success", captured_amount: "150.00" });
    });

    test("of 50 refunds of 10.00 at once on 150.00, exactly 15 succeed", async () => {
      const admin = await tokenOf(base, "admin");
      const transactionId = await aPayment(base, await tokenOf(base, "shopper"));
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          call(base, "/api/payment/refund/", {
            token: admin,
            body: { transaction_id: transactionId, amount: "10.00" },
            headers: { "Idempotency-Key": randomUUID() },
          }),
        ),
      );
      expect(tally(answers.map(({ status }) => status))).toEqual({ 201: 15, 400: 35 });
    });

    test("declines say why, and the transaction is over", async () => {
      const token = await tokenOf(base, "shopper");
      for (const [card, code] of [
        ["4000000000000002", "card_declined"],
        ["4000000000009995", "insufficient_funds"],
        ["4000000000000069", "expired_card"],
      ] as const) {
        const transactionId = await anIntent(base, token);
        const answer = await pay(base, token, transactionId, card);
        expect(answer.status).toBe(402);
        expect(answer.body).toMatchObject({
          error: "Payment processing failed",
          code,
          transaction_id: transactionId,
          status: "failed",
        });
        expect((await pay(base, token, transactionId)).status).toBe(409);
      }
    });

    for (const gateway of ["stripe", "paypal", "razorpay", "flutterwave"]) {
      test(`a card sent for ${gateway} is refused with a pointer to its own fields, and is nowhere after`, async () => {
        const token = await tokenOf(base, "shopper");
        const order = await anOrder(base, token);
        const intent = await call(base, "/api/payment/create-intent/", {
          token,
          body: { order_id: order.id, gateway },
        });
        expect(intent.status, intent.text).toBe(201);
        const transactionId = String(intent.body.transaction_id);
        const card = aCardNumber();
        for (const [data, pointer] of [
          [{ card_number: card, expiry_month: "12", expiry_year: "2030", cvv: "123" }, /own/],
          [{ card_number: card.replace(/(\d{4})(?=\d)/g, "$1 ") }, /own/],
          [{ cvv: "123" }, /own/],
          [{ payment_method: card }, /own/],
          [{ payment_method: `pm_${card}` }, /Card numbers/],
          [{ razorpay_payment_id: `pay_${card}` }, /Card numbers/],
          [{ pan: card }, /./],
        ] as const) {
          const answer = await call(base, "/api/payment/process/", {
            token,
            body: { transaction_id: transactionId, payment_data: data },
            headers: { "Idempotency-Key": randomUUID() },
          });
          expect(answer.status, answer.text).toBe(400);
          expect(answer.text).toMatch(pointer);
          expect(answer.text.replace(/\D/g, "")).not.toContain(card);
        }
        const shown = await call(base, `/api/payment/transactions/${transactionId}/`, { token });
        expect(shown.body.status).toBe("pending");
        expect(await placesOf(card)).toEqual([]);
        // What is there is found.
        expect(await placesOf(transactionId)).not.toEqual([]);
      });
    }

    test("an unknown outcome is 202 and becomes success by asking", async () => {
      const token = await tokenOf(base, "shopper");
      const transactionId = await anIntent(base, token);
      const answer = await pay(base, token, transactionId, "4000000000000119");
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({ status: "processing", transaction_id: transactionId });
      await expect
        .poll(
          async () =>
            (await call(base, `/api/payment/transactions/${transactionId}/`, { token })).body
              .status,
        )
        .toBe("success");
      expect((await pay(base, token, transactionId)).status).toBe(200);
    });

    test("3-D Secure asks for the shopper and says the same until they have been there", async () => {
      const token = await tokenOf(base, "shopper");
      const transactionId = await anIntent(base, token);
      const first = await pay(base, token, transactionId, "4000000000003220");
      expect(first.status).toBe(200);
      expect(first.body).toMatchObject({
        status: "requires_action",
        next_action: { type: "redirect", url: expect.stringMatching(/^http/) },
      });
      const again = await pay(base, token, transactionId);
      expect(again.body).toMatchObject({ status: "requires_action" });
      const { url } = first.body.next_action as { url: string };
      const reference = url.split("/").at(-1) ?? "";
      const answered = await fetch(`${base}/api/dummy-gateway/challenge/${reference}/`, {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ answer: "approve" }),
      });
      expect(answered.status).toBe(303);
      await expect
        .poll(async () => (await pay(base, token, transactionId)).body.status)
        .toBe("success");
    });

    test("an idempotency key is answered once", async () => {
      const token = await tokenOf(base, "shopper");
      const key: string = randomUUID();
      const order = (quantity: number, withKey = key, as = token) =>
        call(base, "/api/orders/", {
          token: as,
          headers: { "Idempotency-Key": withKey },
          body: { items: [{ sku: "FLT-OIL-M20", quantity }] },
        });
      const first = await order(1);
      const second = await order(1);
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.text).toBe(first.text);
      expect(second.headers.get("idempotent-replayed")).toBe("true");
      expect(first.headers.get("idempotent-replayed")).toBeNull();
      expect((await order(2)).status).toBe(422);
      const other = await order(2, key, await tokenOf(base, "second"));
      expect(other.status).toBe(201);
      const together = await Promise.all(Array.from({ length: 10 }, () => order(3, `${key}-2`)));
      expect(together.every(({ status }) => status === 201 || status === 409)).toBe(true);
      const numbers = together
        .filter(({ status }) => status === 201)
        .map(({ body }) => body.order_number);
      expect(new Set(numbers).size).toBe(1);
      expect((await order(1, "x".repeat(256))).status).toBe(400);
    });

    test("bad input is a 4xx of the contract's shape, and the process lives on", async () => {
      const token = await tokenOf(base, "admin");
      const transactionId = await aPayment(base, await tokenOf(base, "shopper"));
      const refund = (amount: unknown): [string, unknown] => [
        "/api/payment/refund/",
        { transaction_id: transactionId, amount },
      ];
      const intent = (order_id: unknown): [string, unknown] => [
        "/api/payment/create-intent/",
        { order_id, gateway: "dummy" },
      ];
      const cases: [string, unknown][] = [
        ["/api/payment/process/", "{"],
        ["/api/payment/process/", ""],
        ["/api/payment/process/", "null"],
        ["/api/payment/process/", "[]"],
        ["/api/payment/process/", "\uFEFF{}"],
        ["/api/payment/process/", `{"transaction_id":"a\\u0000b"}`],
        ["/api/payment/process/", `{"transaction_id":"\\ud800"}`],
        ["/api/payment/process/", "[".repeat(10_000)],
        ["/api/payment/process/", { transaction_id: { contains: "TXN" } }],
        ["/api/payment/process/", { transaction_id: transactionId, amount: "0.01" }],
        ["/api/payment/process/", { transaction_id: transactionId, status: "success" }],
        ["/api/payment/refund/", `{"__proto__":{"a":1},"transaction_id":"${transactionId}"}`],
        [
          "/api/payment/refund/",
          { transaction_id: transactionId, reason: "card 4111 1111 1111 1111" },
        ],
        ["/api/payment/refund/", { transaction_id: transactionId, reason: "\u0000" }],
        intent(2 ** 31),
        intent("1"),
        intent(true),
        intent([1]),
        intent({}),
        intent(1.5),
        intent(-1),
        intent(0),
        ["/api/payment/create-intent/", `{"order_id": 9223372036854775808, "gateway": "dummy"}`],
        ["/api/payment/create-intent/", { order_id: 1, gateway: "nope" }],
        ...[
          "1e308",
          " 150 ",
          "-1",
          "0",
          "-0",
          "0.001",
          "NaN",
          "Infinity",
          "0x10",
          "１５",
          "1,000.00",
          "9".repeat(31),
          150,
          null,
          true,
          {},
        ].map(refund),
      ];
      for (const [path, body] of cases) {
        const answer = await call(base, path, { token, body: body === "" ? " " : body });
        const name = `${path} ${typeof body === "string" ? body.slice(0, 60) : JSON.stringify(body)}`;
        expect([400, 404, 413, 415, 422], `${name} → ${answer.status} ${answer.text}`).toContain(
          answer.status,
        );
        expect(typeof (answer.body.detail ?? answer.body.error), name).toBe("string");
        expectSafeHeaders(answer);
        expect(answer.text).not.toMatch(/prisma|node_modules|at \w+ \(|SELECT /i);
      }
      const large = await call(base, "/api/payment/process/", {
        token,
        body: `{"a":"${"x".repeat(10_000_000)}"}`,
      });
      expect(large.status).toBe(413);
      const text = await call(base, "/api/payment/process/", {
        token,
        body: "{}",
        headers: { "Content-Type": "text/plain" },
      });
      expect(text.status).toBe(415);
      const shown = await call(base, `/api/payment/transactions/${transactionId}/`, { token });
      expect(shown.body).toMatchObject({ status: "success", refunded_amount: "0.00" });
      expect((await call(base, "/api/health/")).status).toBe(200);
    });

    test("another person's things are not there, also just after their owner read them", async () => {
      const [shopper, second, support] = await Promise.all([
        tokenOf(base, "shopper"),
        tokenOf(base, "second"),
        tokenOf(base, "support"),
      ]);
      const order = await anOrder(base, shopper);
      const intent = await call(base, "/api/payment/create-intent/", {
        token: shopper,
        body: { order_id: order.id, gateway: "dummy" },
      });
      const transactionId = String(intent.body.transaction_id);
      const paths = [
        `/api/payment/transactions/${transactionId}/`,
        `/api/orders/${order.order_number}/`,
      ];
      for (const path of paths) {
        expect((await call(base, path, { token: shopper })).status).toBe(200);
        expect((await call(base, path, { token: second })).status).toBe(404);
        expect((await call(base, path, { token: support })).status).toBe(200);
      }
      const absent = await call(base, "/api/payment/transactions/TXN-000000000000/", {
        token: second,
      });
      const foreign = await call(base, paths[0] ?? "", { token: second });
      expect(foreign.text).toBe(absent.text);
      const body = { order_id: order.id, gateway: "dummy" };
      expect(
        (await call(base, "/api/payment/create-intent/", { token: second, body })).status,
      ).toBe(404);
      expect((await pay(base, second, transactionId)).status).toBe(404);
      expect((await pay(base, support, transactionId)).status).toBe(403);
      const list = await call(base, "/api/payment/transactions/?user=1&limit=100", {
        token: second,
      });
      expect(list.text).not.toContain("shopper@example.com");
      const refundBody = { transaction_id: transactionId };
      const refundBy = async (token: string): Promise<number> =>
        (await call(base, "/api/payment/refund/", { token, body: refundBody })).status;
      expect([await refundBy(support), await refundBy(shopper), await refundBy(second)]).toEqual([
        403, 403, 404,
      ]);
    });

    test("tokens that are not ours are 401", async () => {
      const answer = await call(base, "/api/token/", {
        body: { email: "shopper@example.com", password: "tollbooth-demo" },
      });
      const access = String(answer.body.access);
      const [header = "", payload = "", signature = ""] = access.split(".");
      const part = (value: unknown): string =>
        Buffer.from(JSON.stringify(value)).toString("base64url");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<
        string,
        unknown
      >;
      expect(claims).toMatchObject({
        user_id: expect.any(Number),
        token_type: "access",
        role: "customer",
        jti: expect.any(String),
        iat: expect.any(Number),
        exp: expect.any(Number),
        iss: "tollbooth",
        aud: "tollbooth-api",
      });
      const sign = (head: unknown, body: unknown, secret: string): string => {
        const text = `${part(head)}.${part(body)}`;
        return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
      };
      const forged = [
        `${part({ alg: "none", typ: "JWT" })}.${payload}.`,
        `${part({ alg: "None" })}.${payload}.${signature}`,
        `${header}.${part({ ...claims, role: "admin" })}.${signature}`,
        sign({ alg: "HS256", typ: "JWT" }, claims, "secret"),
        sign({ alg: "HS256", kid: "../../dev/null" }, claims, ""),
        String(answer.body.refresh),
        "",
        "a.b.c",
        "x".repeat(5_000),
        `${access}x`,
      ];
      for (const token of forged) {
        const refused = await call(base, "/api/payment/transactions/", {
          headers: { Authorization: `Bearer ${token}` },
        });
        expect(refused.status, token.slice(0, 80)).toBe(401);
        expect(refused.body.detail).toEqual(expect.any(String));
      }
      expect((await call(base, "/api/payment/transactions/", { token: access })).status).toBe(200);
    });

    test("wrong credentials are one answer, and a rotated refresh token ends its family", async () => {
      const wrong = await call(base, "/api/token/", {
        body: { email: "shopper@example.com", password: "wrong-password" },
      });
      const nobody = await call(base, "/api/token/", {
        body: { email: "nobody@example.com", password: "wrong-password" },
      });
      expect([wrong.status, nobody.status]).toEqual([401, 401]);
      expect(nobody.text).toBe(wrong.text);

      const issued = await call(base, "/api/token/", {
        body: { email: "second@example.com", password: "tollbooth-demo" },
      });
      const rotated = await call(base, "/api/token/refresh/", {
        body: { refresh: issued.body.refresh },
      });
      expect(rotated.status).toBe(200);
      const reuse = await call(base, "/api/token/refresh/", {
        body: { refresh: issued.body.refresh },
      });
      expect(reuse.status).toBe(401);
      const after = await call(base, "/api/token/refresh/", {
        body: { refresh: rotated.body.refresh },
      });
      expect(after.status).toBe(401);
      const money = await call(base, "/api/payment/create-intent/", {
        token: String(rotated.body.access),
        body: { order_id: 1, gateway: "dummy" },
      });
      expect(money.status).toBe(401);
    });

    test("lists page from the newest on, and unreadable pages are refused", async () => {
      const token = await tokenOf(base, "second");
      const made: string[] = [];
      for (let count = 0; count < 5; count += 1) made.unshift(await anIntent(base, token));
      const seen: unknown[] = [];
      let path: string | null = "/api/payment/transactions/?limit=2&gateway=dummy&status=pending";
      while (path !== null && seen.length < 5) {
        const page = await call(base, path, { token });
        expect(page.status).toBe(200);
        seen.push(
          ...(page.body as unknown as { transaction_id: string }[]).map(
            (row) => row.transaction_id,
          ),
        );
        const next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
        const url = next === undefined ? null : new URL(next, base);
        path = url && url.pathname + url.search;
      }
      expect(seen.slice(0, 5)).toEqual(made);
      for (const query of [
        "limit=0",
        "limit=101",
        "limit=1e9",
        "limit=x",
        "cursor=%00",
        "cursor=abc",
        "status=nope",
        "gateway=nope",
        "order=x",
      ]) {
        expect(
          (await call(base, `/api/payment/transactions/?${query}`, { token })).status,
          query,
        ).toBe(400);
      }
    });

    test("orders take catalogue parts at the catalogue's price, custom lines from an admin alone", async () => {
      const [shopper, admin, support] = await Promise.all([
        tokenOf(base, "shopper"),
        tokenOf(base, "admin"),
        tokenOf(base, "support"),
      ]);
      const custom = {
        user_email: "second@example.com",
        currency: "JPY",
        items: [{ name: "Import", unit_amount: "1500", quantity: 2 }],
      };
      const made = await call(base, "/api/orders/", { token: admin, body: custom });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({
        id: expect.any(Number),
        order_number: expect.stringMatching(/^ORD-[0-9A-Z]{6,}$/),
        user: expect.any(Number),
        amount: "3000",
        currency: "JPY",
        status: "pending",
        items: [expect.objectContaining({ name: "Import", quantity: 2 })],
        created_at: expect.stringMatching(/Z$/),
      });
      expect((await call(base, "/api/orders/", { token: shopper, body: custom })).status).toBe(403);
      expect(
        (
          await call(base, "/api/orders/", {
            token: support,
            body: { items: [{ sku: "BAT-AGM-70", quantity: 1 }] },
          })
        ).status,
      ).toBe(403);
      const priced = { items: [{ sku: "BAT-AGM-70", quantity: 1, unit_amount: "0.01" }] };
      expect((await call(base, "/api/orders/", { token: shopper, body: priced })).status).toBe(400);
      const decimals = {
        ...custom,
        items: [{ name: "Import", unit_amount: "15.50", quantity: 1 }],
      };
      expect((await call(base, "/api/orders/", { token: admin, body: decimals })).status).toBe(400);
      const kwd = {
        ...custom,
        currency: "KWD",
        items: [{ name: "Import", unit_amount: "1.5", quantity: 1 }],
      };
      expect((await call(base, "/api/orders/", { token: admin, body: kwd })).body.amount).toBe(
        "1.500",
      );
    });
  });
}
