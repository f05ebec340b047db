import { postJson, type ApiResult } from "../http/call-api.ts";
import { refusalWords } from "../http/refusal-words.ts";
import type { Tone } from "../ui/tone.ts";

export type RefundRequest = { transactionId: string; amount: string; reason: string };

/** What came of a refund, in words for staff. */
export type RefundResult =
  /** It is written down: done, on its way, or refused by the gateway. */
  | { kind: "recorded"; tone: Tone; title: string; text: string }
  /** Nobody knows here: the same request may be sent again and is the same refund. */
  | { kind: "unknown"; title: string; text: string }
  /** It was not made. `field`: what is wrong with the amount. */
  | { kind: "refused"; title: string; text: string; field: string | null };

function recorded(status: unknown, refundId: string, amount: string): RefundResult {
  if (status === "refunded") {
    return {
      kind: "recorded",
      tone: "success",
      title: `${amount} refunded`,
      text: `${refundId}: the money is on its way back. Banks usually show it within 5 to 10 days.`,
    };
  }
  if (status === "failed") {
    return {
      kind: "recorded",
      tone: "danger",
      title: "The gateway refused the refund",
      text: `${refundId}: no money moved, and the amount can be refunded again.`,
    };
  }
  return {
    kind: "recorded",
    tone: "info",
    title: `${amount} on its way`,
    text: `${refundId}: the gateway has not confirmed it yet. The amount is reserved, and we keep asking. Do not refund it again.`,
  };
}

const unknown: RefundResult = {
  kind: "unknown",
  title: "We do not know yet whether the refund was made",
  text: "The answer got lost on the way. Asking again is safe: it stays the same refund. If you close this, look at the list of refunds before you make another.",
};

function refused(result: ApiResult): RefundResult {
  const { title, advice, fields } = refusalWords(result, "make this refund");
  const code = result.kind === "answered" ? result.body.code : undefined;
  if (code === "amount_exceeds_refundable") {
    return { kind: "refused", title: "Nothing was refunded", text: advice, field: advice };
  }
  return {
    kind: "refused",
    title,
    text: `Nothing was refunded. ${advice}`,
    field: fields["amount"] ?? null,
  };
}

function read(result: ApiResult, amount: string): RefundResult {
  if (result.kind === "no_answer") return unknown;
  const { status, body } = result;
  if (status === 201 || status === 200) {
    return recorded(
      body["status"],
      typeof body["refund_id"] === "string" ? body["refund_id"] : "",
      amount,
    );
  }
  if (body.code === "gateway_unreachable") {
    return {
      kind: "refused",
      title: "The gateway could not be reached",
      text: "Nothing was refunded. Wait a moment, then try again.",
      field: null,
    };
  }
  if (status >= 500 || body.code === "request_in_progress") return unknown;
  return refused(result);
}

/** Asks for a refund under a key that names this very request. `amountWords` is the amount for people. */
export async function callRefund(
  request: RefundRequest,
  key: string,
  amountWords: string,
): Promise<RefundResult> {
  const { transactionId, amount, reason } = request;
  const result = await postJson(
    "/api/payment/refund/",
    { transaction_id: transactionId, amount, ...(reason === "" ? {} : { reason }) },
    { idempotencyKey: key },
  );
  return read(result, amountWords);
}
