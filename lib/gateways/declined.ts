import type { DeclineReason, Outcome } from "./gateway.ts";

const messages: Record<DeclineReason, string> = {
  card_declined: "The card was declined.",
  insufficient_funds: "The card has insufficient funds.",
  expired_card: "The card has expired.",
  authentication_failed: "The bank could not confirm that it was you.",
  authentication_expired: "The bank's confirmation was not completed in time.",
  not_charged: "The payment did not reach the gateway. Nothing was charged.",
  refund_refused: "The gateway refused the refund.",
  refund_failed: "The refund did not reach the card. The money is back with the gateway.",
  capture_refused: "The gateway refused the capture.",
  authorization_expired: "The hold on the money has run out.",
  voided: "The hold on the money was released.",
  incorrect_cvc: "The card's security code is wrong.",
  invalid_card: "The card's number or date is wrong.",
  processing_error: "The bank could not process the payment. Nothing was charged.",
  cancelled: "The payment was cancelled. Nothing was charged.",
  payment_expired: "The payment was not completed in time. Nothing was charged.",
};

export function isDeclineReason(text: string | null): text is DeclineReason {
  return text !== null && Object.hasOwn(messages, text);
}

/** A refusal in our words, for every gateway alike. */
export function declined(
  reason: DeclineReason,
  reference: string | null,
): Extract<Outcome, { kind: "declined" }> {
  return { kind: "declined", reference, reason, message: messages[reason] };
}
