// Stripe's codes of declines in our words: docs.stripe.com/declines/codes, docs.stripe.com/error-codes.
import { declined } from "../declined.ts";
import type { DeclineReason, Outcome } from "../gateway.ts";

const reasons: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: "insufficient_funds",
  withdrawal_count_limit_exceeded: "insufficient_funds",
  expired_card: "expired_card",
  invalid_expiry_month: "invalid_card",
  invalid_expiry_year: "invalid_card",
  incorrect_number: "invalid_card",
  invalid_number: "invalid_card",
  invalid_account: "invalid_card",
  incorrect_cvc: "incorrect_cvc",
  invalid_cvc: "incorrect_cvc",
  processing_error: "processing_error",
  issuer_not_available: "processing_error",
  try_again_later: "processing_error",
  reenter_transaction: "processing_error",
  authentication_required: "authentication_failed",
  payment_intent_authentication_failure: "authentication_failed",
  authentication_not_handled: "authentication_failed",
  payment_intent_payment_attempt_expired: "payment_expired",
  payment_method_customer_decline: "cancelled",
};

/**
 * The reason of a decline. Codes that are not in the table, a stolen card's among them, are the general
 * one: the shopper is told no more than that.
 */
export function declineReason(code: string, declineCode: string): DeclineReason {
  for (const name of [declineCode, code]) {
    if (Object.hasOwn(reasons, name)) return reasons[name] ?? "card_declined";
  }
  return "card_declined";
}

/** A decline of the intent `reference`. */
export function declinedCharge(
  error: { code: string; declineCode: string },
  reference: string,
): Extract<Outcome, { kind: "declined" }> {
  return declined(declineReason(error.code, error.declineCode), reference);
}
