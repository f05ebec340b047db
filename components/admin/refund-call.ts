import { postJson, type ApiResult } from "../http/call-api.ts";
import { refusalWords } from "../http/refusal-words.ts";
import type { ActionResult } from "./action-call.ts";

export type RefundRequest = {
  transactionId: string;
  amount: string;
  reason: string;
  /** The failed refund that this one does over. */
  retryOf: string | undefined;
};

function recorded(status: unknown, refundId: string, amount: string): ActionResult {
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

const unknown: ActionResult = {
  kind: "unknown",
  title: "We do not know yet whether the refund was made",
  text: "The answer got lost on the way. Asking again is safe: it stays the same refund. If you close this, look at the list of refunds before you make another.",
};

function refused(result: ApiResult): ActionResult {
  const { title, advice, fields } = refusalWords(result, "make this refund");
  const code = result.kind === "answered" ? result.body.code : undefined;
  if (code === "amount_exceeds_refundable") {
    return {
      kind: "refused",
      title: "Nothing was refunded",
      text: advice,
      fields: { amount: advice },
    };
  }
  return {
    kind: "refused",
    title,
    text: `Nothing was refunded. ${advice}`,
    fields,
  };
}

function read(result: ApiResult, amount: string): ActionResult {
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
      fields: {},
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
): Promise<ActionResult> {
  const { transactionId, amount, reason, retryOf } = request;
  const result = await postJson(
    "/api/payment/refund/",
    {
      transaction_id: transactionId,
      amount,
      ...(reason === "" ? {} : { reason }),
      ...(retryOf === undefined ? {} : { retry_of: retryOf }),
    },
    { idempotencyKey: key },
  );
  return read(result, amountWords);
}
