import { postJson, type ApiResult } from "../http/call-api.ts";
import { endAttempt, saveAttempt, type Attempt } from "./attempt.ts";
import type { PreparedIntent } from "./method.ts";
import { redirectOf, standingOf, type Standing } from "./standing.ts";

export type Order = { id: number; orderNumber: string; gateway: string };

/** What an attempt is kept under: each way to pay an order has one of its own. */
export const attemptName = ({ orderNumber, gateway }: Order): string =>
  gateway === "dummy" ? orderNumber : `${orderNumber}.${gateway}`;

/** What came of pressing Pay. */
export type PayResult =
  | { kind: "paid" }
  /** The bank has set the money aside; it is taken when the parts ship. */
  | { kind: "authorised" }
  | { kind: "action"; transactionId: string; gateway: string; url: string }
  /** The shopper's turn in the gateway's own fields on this page. */
  | { kind: "fields"; transactionId: string; gateway: string }
  | { kind: "declined"; code: string | null }
  /** The outcome is known to the server alone, or to nobody yet: ask. */
  | { kind: "ask"; transactionId: string; lost: boolean }
  /** Something else happened to this order meanwhile: look at all of its payments. */
  | { kind: "ask_order" }
  /** The server refused before anything was sent to the bank. */
  | { kind: "refused"; result: ApiResult; gateway: string }
  /** The same, because the attempt is over: a new one may be begun at once. */
  | { kind: "stale" };

type Intent = ({ kind: "intent" } & PreparedIntent) | PayResult;

const attemptIsOver = new Set(["invalid_transition", "order_changed", "idempotency_mismatch"]);

// An intent takes as long as the gateway is given to answer; then its first request has ended.
const intentTries = 12;
const intentEveryMs = 1_000;

/** Asks for the intent under its key. Where the same request is still under way, its answer is waited for. */
async function askForIntent(order: Order, attempt: Attempt): Promise<ApiResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await postJson(
      "/api/payment/create-intent/",
      { order_id: order.id, gateway: order.gateway },
      { idempotencyKey: attempt.intentKey },
    );
    const isUnderWay = result.kind === "answered" && result.body.code === "request_in_progress";
    if (!isUnderWay || tries === intentTries) return result;
    await new Promise((resolve) => setTimeout(resolve, intentEveryMs));
  }
}

/** The intent of this attempt: made once, and the same however often it is asked for. Charges nothing. */
export async function prepareIntent(order: Order, attempt: Attempt): Promise<Intent> {
  const result = await askForIntent(order, attempt);
  if (result.kind === "no_answer") return { kind: "refused", result, gateway: order.gateway };
  const {
    transaction_id: transactionId,
    client_secret: secret,
    publishable_key: key,
  } = result.body;
  if ((result.status === 201 || result.status === 200) && typeof transactionId === "string") {
    saveAttempt(attemptName(order), { ...attempt, transactionId });
    return {
      kind: "intent",
      transactionId,
      clientSecret: String(secret),
      publishableKey: String(key),
    };
  }
  if (result.body.code === "idempotency_mismatch") return { kind: "stale" };
  return result.status === 409
    ? { kind: "ask_order" }
    : { kind: "refused", result, gateway: order.gateway };
}

function readProcessed(order: Order, transactionId: string, result: ApiResult): PayResult {
  if (result.kind === "no_answer") return { kind: "ask", transactionId, lost: true };
  const { status, body } = result;
  const { gateway } = order;
  const url = redirectOf(body["next_action"]);
  if (status === 200 && body["status"] === "requires_action") {
    return url === null
      ? { kind: "fields", transactionId, gateway }
      : { kind: "action", transactionId, gateway, url };
  }
  if (status === 200) return { kind: body["status"] === "authorized" ? "authorised" : "paid" };
  if (status === 202) return { kind: "ask", transactionId, lost: false };
  if (status === 402) {
    endAttempt(attemptName(order));
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
  return { kind: "refused", result, gateway: order.gateway };
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
  const intent =
    attempt.transactionId === null
      ? await prepareIntent(order, attempt)
      : { kind: "intent" as const, transactionId: attempt.transactionId };
  if (intent.kind !== "intent") return intent;
  return processPayment(order, intent.transactionId, {
    method: "credit_card",
    data: card.data,
    key: card.processKey,
  });
}

/** Asks the server to carry a payment on. May be repeated: it charges once. */
export async function processPayment(
  order: Order,
  transactionId: string,
  { method, data, key }: { method: string; data?: Record<string, string> | undefined; key: string },
): Promise<PayResult> {
  const body = {
    transaction_id: transactionId,
    payment_method: method,
    ...(data === undefined ? {} : { payment_data: data }),
  };
  const result = await postJson("/api/payment/process/", body, { idempotencyKey: key });
  return readProcessed(order, transactionId, result);
}

/** Gives up a payment that waits for the shopper. Says how the payment stands then. */
export async function cancelPayment(transactionId: string): Promise<Standing> {
  const result = await postJson("/api/payment/cancel/", { transaction_id: transactionId });
  if (result.kind === "no_answer") return { kind: "no_answer" };
  if (result.status === 401) return { kind: "signed_out" };
  return result.status === 200 || result.status === 202
    ? standingOf(result.body)
    : { kind: "no_answer" };
}
