// PayPal's issue codes in our words. Source: the error lists of developer.paypal.com/api/orders/v2 and
// /api/payments/v2.
import { declined } from "../declined.ts";
import type { DeclineReason, Outcome } from "../gateway.ts";

/** The buyer's way to pay was refused: another one may do. */
const refusedSources: Readonly<Record<string, DeclineReason>> = {
  INSTRUMENT_DECLINED: "card_declined",
  PAYER_CANNOT_PAY: "card_declined",
  PAYMENT_SOURCE_DECLINED_BY_PROCESSOR: "card_declined",
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: "card_declined",
  TRANSACTION_REFUSED: "card_declined",
  TRANSACTION_BLOCKED_BY_PAYEE: "card_declined",
  PAYER_ACCOUNT_RESTRICTED: "card_declined",
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: "card_declined",
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: "card_declined",
  TRANSACTION_LIMIT_EXCEEDED: "card_declined",
  CARD_EXPIRED: "expired_card",
  INVALID_RESOURCE_ID: "payment_expired",
  ORDER_EXPIRED: "payment_expired",
  TOKEN_EXPIRED: "payment_expired",
};

const sentence =
  "The payment source was declined by PayPal. Nothing was charged: choose another one there, or pay another way.";

/** A charge that PayPal refused. Whatever is not the buyer's matter is `processing_error`. */
export function declinedCharge(issue: string, reference: string | null = null): Outcome {
  const reason = Object.hasOwn(refusedSources, issue) ? refusedSources[issue] : undefined;
  const outcome = declined(reason ?? "processing_error", reference);
  return outcome.reason === "card_declined" ? { ...outcome, message: sentence } : outcome;
}

/** It was done before: what came of it is read. */
export const doneIssues: ReadonlySet<string> = new Set([
  "ORDER_ALREADY_CAPTURED",
  "ORDER_ALREADY_AUTHORIZED",
  "ORDER_COMPLETED_OR_VOIDED",
  "MAX_AUTHORIZATION_COUNT_EXCEEDED",
]);

/** The buyer has to go to PayPal (again). */
export const buyerIssues: ReadonlySet<string> = new Set([
  "ORDER_NOT_APPROVED",
  "PAYER_ACTION_REQUIRED",
]);

/** PayPal is still at it, with this request or with one before. */
export const busyIssues: ReadonlySet<string> = new Set([
  "ORDER_COMPLETION_IN_PROGRESS",
  "PREVIOUS_REQUEST_IN_PROGRESS",
]);
