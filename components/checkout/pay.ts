import { postJson, type ApiResult } from "../http/call-api.ts";
import { endAttempt, saveAttempt, type Attempt } from "./attempt.ts";
import { redirectOf } from "./standing.ts";

export type Order = { id: number; orderNumber: string; gateway: string };

/** What came of pressing Pay. */
export type PayResult =
  | { kind: "paid" }
  /** The bank has set the money aside; it is taken when the parts ship. */
  | { kind: "authorised" }
  | { kind: "action"; transactionId: string; url: string }
  | { kind: "declined"; code: string | null }
  /** The outcome is known to the server alone, or to nobody yet: ask. */
  | { kind: "ask"; transactionId: string; lost: boolean }
  /** Something else happened to this order meanwhile: look at all of its payments. */
  | { kind: "ask_order" }
  /** The server refused before anything was sent to the bank. */
  | { kind: "refused"; result: ApiResult }
  /** The same, because the attempt is over: a new one may be begun at once. */
  | { kind: "stale" };

type Intent = { kind: "intent"; transactionId: string } | PayResult;

const attemptIsOver = new Set(["invalid_transition", "order_changed", "idempotency_mismatch"]);

/** The transaction of this attempt: the one it has, or a new intent. Charges nothing. */
async function prepare(order: Order, attempt: Attempt): Promise<Intent> {
  if (attempt.transactionId !== null)
    return { kind: "intent", transactionId: attempt.transactionId };
  const result = await postJson(
    "/api/payment/create-intent/",
    { order_id: order.id, gateway: order.gateway },
    { idempotencyKey: attempt.intentKey },
  );
  if (result.kind === "no_answer") return { kind: "refused", result };
  const transactionId = result.body["transaction_id"];
  if ((result.status === 201 || result.status === 200) && typeof transactionId === "string") {
    saveAttempt(order.orderNumber, { ...attempt, transactionId });
    return { kind: "intent", transactionId };
  }
  if (result.body.code === "idempotency_mismatch") return { kind: "stale" };
  return result.status === 409 ? { kind: "ask_order" } : { kind: "refused", result };
}

function readProcessed(order: Order, transactionId: string, result: ApiResult): PayResult {
  if (result.kind === "no_answer") return { kind: "ask", transactionId, lost: true };
  const { status, body } = result;
  const url = redirectOf(body["next_action"]);
  if (status === 200 && body["status"] === "requires_action") {
    return url === null
      ? { kind: "ask", transactionId, lost: false }
      : { kind: "action", transactionId, url };
  }
  if (status === 200) return { kind: body["status"] === "authorized" ? "authorised" : "paid" };
  if (status === 202) return { kind: "ask", transactionId, lost: false };
  if (status === 402) {
    endAttempt(order.orderNumber);
    return { kind: "declined", code: body.code ?? null };
  }
  if (status === 404 || attemptIsOver.has(body.code ?? "")) return { kind: "stale" };
  if (status === 409)
    return body.code === "request_in_progress"
      ? { kind: "ask", transactionId, lost: false }
      : { kind: "ask_order" };
  // 502 with our own code is a promise that nothing was charged. Any other failure of a server or of
  // something between says nothing about the payment: it is asked for.
  if (status >= 500 && body.code !== "gateway_unreachable")
    return { kind: "ask", transactionId, lost: true };
  return { kind: "refused", result };
}

/**
 * Prepares and charges. Both calls may be repeated: the server makes one transaction of an attempt and
 * one charge of a transaction. `processKey` belongs to this very body.
 */
export async function pay(
  order: Order,
  attempt: Attempt,
  card: { data: Record<string, string>; processKey: string },
): Promise<PayResult> {
  const intent = await prepare(order, attempt);
  if (intent.kind !== "intent") return intent;
  const result = await postJson(
    "/api/payment/process/",
    {
      transaction_id: intent.transactionId,
      payment_method: "credit_card",
      payment_data: card.data,
    },
    { idempotencyKey: card.processKey },
  );
  return readProcessed(order, intent.transactionId, result);
}
