import { randomUUID } from "node:crypto";
import { request } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#lib/db/client";
import { bookCharge } from "#lib/db/dummy-book";
import { createControlServer } from "./control-server.ts";
import { dummyControl } from "./dummy-control.ts";

let server: Server;
let port = 0;

beforeAll(async () => {
  server = createControlServer(dummyControl);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  await db().dummyAccount.create({
    data: { merchantId: "dummy_merchant", webhookUrl: "http://x/", webhookSecret: "whsec_x" },
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Answer = { status: number; body: Record<string, never> & { detail?: string } };

function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        expect(response.headers["content-type"]).toBe("application/json");
        resolve({ status: response.statusCode!, body: JSON.parse(text) as Answer["body"] });
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
  });
}
const act = (body: unknown) => call("POST", "/dummy/acts", body);

async function aCharge(captureMethod: "automatic" | "manual" = "automatic") {
  return bookCharge({
    idempotencyKey: randomUUID(),
    merchantReference: `TXN-${randomUUID()}`,
    state: captureMethod === "manual" ? "authorized" : "succeeded",
    captureMethod,
    amountMinor: 15000n,
    currency: "USD",
    declineCode: null,
    cardBrand: null,
    cardLast4: null,
    returnUrl: null,
    expiresInMs: null,
  });
}

test("GET /accounts tells what a program needs", async () => {
  expect(await call("GET", "/accounts")).toEqual({
    status: 200,
    body: {
      dummy: {
        base_url: "http://localhost:8000",
        credentials: {
          merchant_id: "dummy_merchant",
          public_key: "dummy_public_key",
          secret_key: "dummy_secret_key",
        },
        webhook_url: "http://x/",
        webhook_secret: "whsec_x",
        clock_offset_s: 0,
      },
    },
  });
});

test("GET /dummy/book has the charges with their idempotency keys, in minor units", async () => {
  const charge = await aCharge();
  const { body } = await call("GET", "/dummy/book/");
  expect(Object.keys(body).sort()).toEqual(["calls", "captures", "charges", "disputes", "refunds"]);
  expect(body["charges"]).toContainEqual(
    expect.objectContaining({
      reference: charge.reference,
      merchant_reference: charge.merchantReference,
      idempotency_key: charge.idempotencyKey,
      state: "succeeded",
      amount_minor: "15000",
      captured_minor: "15000",
      currency: "USD",
    }),
  );
});

test("faults are taken, and none takes them all away", async () => {
  const fault = { mode: "charge_then_hang", times: 3, delay_ms: 10 };
  expect(await call("POST", "/dummy/faults", fault)).toEqual({ status: 200, body: fault });
  await call("POST", "/dummy/faults/", { mode: "duplicate" });
  expect(await db().dummyFault.findMany({ orderBy: { id: "asc" } })).toMatchObject([
    { mode: "charge_then_hang", remaining: 3, delayMs: 10 },
    { mode: "duplicate", remaining: 1, delayMs: 0 },
  ]);
  await call("POST", "/dummy/faults", { mode: "none" });
  expect(await db().dummyFault.count()).toBe(0);
});

test.each<[string, string, unknown, number]>([
  ["POST", "/dummy/faults", { mode: "explode" }, 400],
  ["POST", "/dummy/faults", { mode: "hang", times: 0 }, 400],
  ["POST", "/dummy/faults", { mode: "hang", times: "3" }, 400],
  ["POST", "/dummy/faults", { mode: "hang", delay_ms: -1 }, 400],
  ["POST", "/dummy/faults", { mode: "hang", often: 1 }, 400],
  ["POST", "/dummy/faults", [], 400],
  ["POST", "/dummy/faults", "{", 400],
  ["POST", "/dummy/faults", undefined, 400],
  ["POST", "/dummy/acts", { act: "steal" }, 400],
  ["POST", "/dummy/acts", { act: "toString" }, 400],
  ["POST", "/dummy/acts", { act: "refund" }, 400],
  ["POST", "/dummy/acts", { act: "refund", charge: "dch_none" }, 404],
  ["POST", "/dummy/acts", { act: "win_dispute", dispute: "ddp_none" }, 404],
  ["POST", "/clock", { advance_s: -5 }, 400],
  ["POST", "/clock", { advance_s: 1.5 }, 400],
  ["GET", "/stripe/book", undefined, 404],
  ["GET", "/", undefined, 404],
  ["DELETE", "/clock", undefined, 405],
  ["POST", "/clock", "x".repeat(70_000), 413],
])("%s %s %j is refused with a sentence", async (method, path, body, status) => {
  const answer = await call(method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(/^.{10,300}\.$/);
});

test("a page in a browser is refused, under whatever name", async () => {
  for (const headers of [{ origin: "https://evil.example" }, { host: "evil.example" }]) {
    expect((await call("GET", "/accounts", undefined, headers)).status).toBe(403);
  }
  expect(
    (await call("GET", "/accounts", undefined, { origin: "http://localhost:8000" })).status,
  ).toBe(200);
});

test("two equal refunds in the dashboard are two; more than is left is refused", async () => {
  const { reference, merchantReference } = await aCharge();
  const ask = { act: "refund", charge: reference, amount: "50.00" };
  const [first, second] = [await act(ask), await act(ask)];
  expect(first.body["refund"]).toMatchObject({ amount_minor: "5000", merchant_reference: "" });
  expect(first.body["refund"]).not.toEqual(second.body["refund"]);
  expect((await act({ ...ask, amount: "50.01" })).status).toBe(409);
  expect((await act({ ...ask, amount: 50 })).status).toBe(400);
  expect((await act({ ...ask, amount: "1.234" })).status).toBe(400);
  expect(
    (await act({ act: "refund", transaction: merchantReference })).body["refund"],
  ).toMatchObject({ amount_minor: "5000" });
  expect(await db().dummyCharge.findUnique({ where: { reference } })).toMatchObject({
    refundedMinor: 15000n,
  });
});

test("a refund that succeeded may fail, once", async () => {
  const { reference } = await aCharge();
  await act({ act: "refund", charge: reference });
  expect((await act({ act: "fail_refund", charge: reference })).body["refund"]).toMatchObject({
    state: "failed",
  });
  expect((await act({ act: "fail_refund", charge: reference })).status).toBe(409);
  expect((await act({ act: "succeed_refund", charge: reference })).status).toBe(409);
});

test("a dispute is opened, reviewed and lost", async () => {
  const { reference } = await aCharge();
  const opened = await act({ act: "open_dispute", charge: reference, reason: "not_received" });
  const { reference: dispute } = opened.body["dispute"] as unknown as { reference: string };
  expect(opened.body["dispute"]).toMatchObject({ state: "needs_response", reason: "not_received" });
  expect((await act({ act: "review_dispute", dispute })).status).toBe(200);
  expect((await act({ act: "lose_dispute", charge: reference })).body["dispute"]).toMatchObject({
    state: "lost",
  });
  expect((await act({ act: "win_dispute", dispute })).status).toBe(409);
  expect((await act({ act: "open_dispute", charge: reference, amount: "150.01" })).status).toBe(
    409,
  );
});

test("a hold runs out by an act, or by the clock, which only goes ahead", async () => {
  const [now, later] = [await aCharge("manual"), await aCharge("manual")];
  const expired = await act({ act: "expire_authorization", transaction: now.merchantReference });
  expect(expired.body["charge"]).toMatchObject({ decline_code: "authorization_expired" });
  expect((await act({ act: "expire_authorization", charge: now.reference })).status).toBe(409);
  const week = 7 * 86_400 + 60;
  expect((await call("POST", "/clock", { advance_s: week })).body).toMatchObject({
    clock_offset_s: week,
  });
  expect(
    await db().dummyCharge.findUnique({ where: { reference: later.reference } }),
  ).toMatchObject({ state: "declined", declineCode: "authorization_expired" });
  const event = await db().dummyEvent.findFirstOrThrow({ orderBy: { id: "desc" } });
  expect(event.type).toBe("charge.voided");
  const { created } = event.payload as { created: number };
  expect(created - Date.now() / 1_000).toBeGreaterThan(week - 60);
});
