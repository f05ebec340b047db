// Refunds of captured payments: developer.paypal.com/api/payments/v2.
import { toGatewayDecimal } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { GatewayAccount, LookupOutcome, Outcome, RefundRequest } from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { busyIssues } from "./declines.ts";
import { callPayPal, unanswered } from "./paypal-api.ts";
import { readAs, readOrder, refundOutcome, refundSchema, unreadable } from "./paypal-outcomes.ts";

/** PayPal keeps the keys of refunds for 45 days; after that a repetition would be a second refund. */
const keyLifetimeMs = 44 * 86_400_000;

export async function refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome> {
  const { chargeReference, amountMinor, currency, merchantReference, gatewayKey } = request;
  const rule = currencies[currency];
  const value = rule ? toGatewayDecimal(amountMinor, currency, rule) : null;
  if (value === null) return declined("refund_refused", null);
  const answer = await callPayPal(account, {
    method: "POST",
    path: `/v2/payments/captures/${encodeURIComponent(chargeReference)}/refund`,
    requestId: gatewayKey,
    body: { amount: { currency_code: currency, value }, custom_id: merchantReference },
  });
  if (answer.kind === "success") return readRefund(answer.data);
  if (answer.kind !== "refused") return answer;
  return busyIssues.has(answer.issue)
    ? { kind: "unknown", detail: answer.issue }
    : declined("refund_refused", null);
}

function readRefund(data: unknown): Outcome {
  const made = readAs(refundSchema, data);
  return made ? refundOutcome(made) : unreadable;
}

/** By PayPal's id where it has told one, else among the order's refunds by our own. */
export async function lookupRefund(
  account: GatewayAccount,
  request: RefundRequest,
): Promise<LookupOutcome> {
  const { refundReference, intentReference, openedAt } = request;
  if (refundReference !== null) {
    const path = `/v2/payments/refunds/${encodeURIComponent(refundReference)}`;
    const answer = await callPayPal(account, { method: "GET", path });
    if (answer.kind === "success") return readRefund(answer.data);
    return unanswered({ detail: answer.kind === "refused" ? answer.issue : answer.detail });
  }
  const found =
    intentReference === null ? null : await findInOrder(account, intentReference, request);
  if (found !== null) return found;
  const age = openedAt ? Date.now() - openedAt.getTime() : 0;
  return age < keyLifetimeMs
    ? { kind: "absent" }
    : { kind: "unknown", detail: "too old to be sent again" };
}

/** Null where the order has no such refund, or is not to be had any more. */
async function findInOrder(
  account: GatewayAccount,
  order: string,
  { merchantReference }: RefundRequest,
): Promise<Outcome | null> {
  const path = `/v2/checkout/orders/${encodeURIComponent(order)}`;
  const answer = await callPayPal(account, { method: "GET", path });
  if (answer.kind === "refused")
    return answer.status === 404 ? null : unanswered({ detail: answer.issue });
  if (answer.kind !== "success") return unanswered(answer);
  const read = readOrder(answer.data, null);
  if (!read) return unreadable;
  const refunds = read.purchase_units.flatMap(({ payments }) => payments?.refunds ?? []);
  const made = refunds.find(({ custom_id }) => custom_id === merchantReference);
  return made ? refundOutcome(made) : null;
}
