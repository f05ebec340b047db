import { afterEach, describe, expect, test, vi } from "vitest";
import { pay } from "./pay.ts";

const order = { id: 1, orderNumber: "ORD-TEST0001", gateway: "dummy" };
const card = { data: { card_number: "4242424242424242" }, processKey: "process-key" };
const resumed = { intentKey: "intent-key", transactionId: "TXN-000000000001" };

type Answer = { status: number; body: unknown } | "broken";

/** Answers the calls in turn and gives what was sent. */
function serve(...answers: Answer[]): { path: string; key: string | null }[] {
  const calls: { path: string; key: string | null }[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    calls.push({ path, key: new Headers(init.headers).get("idempotency-key") });
    const next = answers.shift();
    if (next === undefined || next === "broken") return Promise.reject(new TypeError("network"));
    return Promise.resolve(Response.json(next.body, { status: next.status }));
  });
  return calls;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("pressing Pay", () => {
  test("makes an intent and charges it, each under its own key", async () => {
    const calls = serve(
      { status: 201, body: { transaction_id: "TXN-000000000001" } },
      { status: 200, body: { status: "success" } },
    );
    const fresh = { intentKey: "intent-key", transactionId: null };
    expect(await pay(order, fresh, card)).toEqual({ kind: "paid" });
    expect(calls).toEqual([
      { path: "/api/payment/create-intent/", key: "intent-key" },
      { path: "/api/payment/process/", key: "process-key" },
    ]);
  });

  test("goes on with the transaction it has", async () => {
    const calls = serve({ status: 200, body: { status: "success" } });
    await pay(order, resumed, card);
    expect(calls.map(({ path }) => path)).toEqual(["/api/payment/process/"]);
  });

  test.each<[string, Answer, object]>([
    ["a lost answer is asked for", "broken", { kind: "ask", lost: true }],
    ["a 500 is asked for", { status: 500, body: {} }, { kind: "ask", lost: true }],
    ["a proxy's 502 is asked for", { status: 502, body: {} }, { kind: "ask", lost: true }],
    [
      "our own 502 promises that nothing was charged",
      { status: 502, body: { error: "…", code: "gateway_unreachable" } },
      { kind: "refused" },
    ],
    [
      "an unknown outcome is asked for",
      { status: 202, body: { status: "processing" } },
      { kind: "ask", lost: false },
    ],
    [
      "a decline carries its code",
      { status: 402, body: { error: "…", code: "expired_card" } },
      { kind: "declined", code: "expired_card" },
    ],
    [
      "an order paid elsewhere is looked at",
      { status: 409, body: { detail: "…", code: "order_paid" } },
      { kind: "ask_order" },
    ],
    [
      "an attempt that is over is begun afresh",
      { status: 409, body: { detail: "…", code: "invalid_transition" } },
      { kind: "stale" },
    ],
    [
      "a call that still runs is waited for",
      { status: 409, body: { detail: "…", code: "request_in_progress" } },
      { kind: "ask", lost: false },
    ],
    [
      "an ended session charges nothing",
      { status: 401, body: { detail: "…" } },
      { kind: "refused" },
    ],
  ])("%s", async (_name, answer, result) => {
    serve(answer);
    expect(await pay(order, resumed, card)).toMatchObject(result);
  });
});
