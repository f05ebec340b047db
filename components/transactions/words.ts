import type { Role } from "#lib/domain/actor";
import { displayMoney } from "#lib/domain/money";
import type { DisputeStatus, RefundStatus, TransactionStatus } from "#lib/domain/payment";
import type { Tone } from "../ui/tone.ts";
import { lookUp } from "./look-up.ts";

type Wording = { label: string; tone: Tone };

/** How a transaction's status reads, short. */
export const transactionStatusWords = {
  pending: { label: "Not paid yet", tone: "neutral" },
  requires_action: { label: "Waiting for shopper", tone: "warning" },
  processing: { label: "Asking the bank", tone: "info" },
  authorized: { label: "Authorised", tone: "info" },
  success: { label: "Paid", tone: "success" },
  failed: { label: "Declined", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
  partially_refunded: { label: "Partly refunded", tone: "warning" },
  refunded: { label: "Refunded", tone: "neutral" },
} as const satisfies Record<TransactionStatus, Wording>;

/** What a status means for the one who reads it: what happened and whether money moved. */
export const transactionStatusSentences = {
  pending: "This payment was started and not finished. Nothing was charged.",
  requires_action:
    "The bank wants to hear from the card holder first. Nothing is charged until then.",
  processing: "We are asking the bank how this payment ended. It will not be charged twice.",
  authorized: "Payment authorised; you are charged when your parts ship.",
  success: "The payment went through and the money was taken once.",
  failed: "The payment did not go through. Nothing was charged.",
  cancelled: "This payment was called off. Nothing was charged.",
  partially_refunded: "The payment went through, and part of it has been given back.",
  refunded: "The payment went through, and all of it has been given back.",
} as const satisfies Record<TransactionStatus, string>;

type Held = {
  status: TransactionStatus;
  currency: string;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  capturableMinor: bigint;
  authorizationPendingMinor: bigint;
  voidedMinor: bigint;
};

/** As the sentences above, where needed with how much of what was held is taken, and for whom it is said. */
export function standingWords(held: Held, forStaff = false): string {
  const { status, currency, authorizedMinor, capturedMinor, voidedMinor } = held;
  const money = (amount: bigint) => displayMoney(amount, currency);
  if (status === "authorized" && forStaff) {
    return "The bank has set the money aside. It is taken when it is captured, or let go when it is released.";
  }
  if (status !== "success" || capturedMinor >= authorizedMinor)
    return transactionStatusSentences[status];
  const stillHeld = held.capturableMinor + held.authorizationPendingMinor;
  if (stillHeld > 0n) {
    const rest = forStaff ? "is still held." : "is charged when the other parts ship.";
    return `${money(capturedMinor)} was taken so far. The rest, ${money(stillHeld)}, ${rest}`;
  }
  return `${money(capturedMinor)} was taken once. The other ${money(voidedMinor)} that the bank had set aside was let go.`;
}

export const refundStatusWords = {
  pending: { label: "On its way", tone: "info" },
  refunded: { label: "Refunded", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
} as const satisfies Record<RefundStatus, Wording>;

export const refundStatusSentences = {
  pending:
    "The gateway has not confirmed this refund yet. The amount is reserved, so it cannot be refunded twice.",
  refunded: "The money is on its way back to the card. Banks usually show it within 5 to 10 days.",
  failed:
    "This refund did not go through: the money did not reach the card. The shop has been told and will see to it.",
} as const satisfies Record<RefundStatus, string>;

/** As above, for staff. */
export const refundStaffSentences = {
  pending:
    "The gateway has not confirmed this refund yet. The amount is reserved, so it cannot be refunded twice, and we keep asking.",
  refunded: refundStatusSentences.refunded,
  failed: "No money went back, and the amount can be refunded again.",
} as const satisfies Record<RefundStatus, string>;

export const disputeStatusWords = {
  needs_response: { label: "Needs an answer", tone: "danger" },
  under_review: { label: "The bank decides", tone: "info" },
  won: { label: "Won", tone: "success" },
  lost: { label: "Lost", tone: "neutral" },
} as const satisfies Record<DisputeStatus, Wording>;

/** What a dispute's standing means for the money. */
export const disputeSentences = {
  needs_response:
    "The bank has taken the money back for now. Answer in the gateway's dashboard before the deadline, or it is lost.",
  under_review: "The shop has answered. The money stays with the bank until it decides.",
  won: "The bank decided for the shop: the money came back.",
  lost: "The bank decided for the card holder: the money stays with them.",
} as const satisfies Record<DisputeStatus, string>;

// Reasons as the card schemes and gateways name them.
const disputeReasons: Readonly<Record<string, string>> = {
  fraudulent: "The card holder says that it was not them",
  product_not_received: "The parts did not arrive",
  product_unacceptable: "The parts are not as described",
  duplicate: "The card holder says that they paid twice",
  credit_not_processed: "A promised refund did not come",
  subscription_canceled: "The card holder had cancelled",
  unrecognized: "The card holder does not know the charge",
  general: "No reason was given",
};

/** "product_not_received" in words; a reason not known here as the gateway wrote it, without underscores. */
export function disputeReasonWords(reason: string): string {
  return lookUp(disputeReasons, reason) ?? wordsOfCode(reason);
}

/** A code as words: "hold_released" is "Hold released". */
export function wordsOfCode(code: string): string {
  const words = code.replaceAll(/[_\s]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
export const orderStatusWords = {
  pending: { label: "To be paid", tone: "warning" },
  paid: { label: "Paid", tone: "success" },
  cancelled: { label: "Cancelled", tone: "neutral" },
} as const satisfies Record<"pending" | "paid" | "cancelled", Wording>;

export const gatewayNamesForPeople: Readonly<Record<string, string>> = {
  dummy: "Test gateway",
  stripe: "Stripe",
  paypal: "PayPal",
  razorpay: "Razorpay",
  flutterwave: "Flutterwave",
};

export const roleWords = {
  customer: "Customer",
  support: "Support",
  admin: "Administrator",
} as const satisfies Record<Role, string>;

export const cardBrandNames: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

// Why a payment was refused and what helps, by the code that the API gives. Each says that no money moved.
const declineSentences: Readonly<Record<string, { title: string; advice: string }>> = {
  card_declined: {
    title: "Your bank declined this card",
    advice: "Nothing was charged. Try another card, or ask your bank what it needs.",
  },
  insufficient_funds: {
    title: "There is not enough money on this card",
    advice: "Nothing was charged. Try another card, or top this one up first.",
  },
  expired_card: {
    title: "This card has expired",
    advice: "Nothing was charged. Check the expiry date or use another card.",
  },
  authentication_failed: {
    title: "Your bank could not confirm that it is you",
    advice:
      "Nothing was charged. Try again and confirm the payment with your bank, or use another card.",
  },
  authentication_expired: {
    title: "The confirmation with your bank took too long",
    advice: "Nothing was charged. Try again when you have your bank's app at hand.",
  },
  incorrect_cvc: {
    title: "The security code does not match this card",
    advice: "Nothing was charged. Check the code and try again.",
  },
  incorrect_number: {
    title: "Your bank does not know this card number",
    advice: "Nothing was charged. Check the number and try again.",
  },
  invalid_card: {
    title: "This card cannot be used here",
    advice: "Nothing was charged. Check what you typed, or use another card.",
  },
  processing_error: {
    title: "The payment service could not process this card",
    advice: "Nothing was charged. Try again in a moment, or use another card.",
  },
  cancelled: {
    title: "Payment cancelled",
    advice: "Nothing was charged. You can pay another way, or try again.",
  },
  payment_expired: {
    title: "The time to pay ran out",
    advice: "Nothing was charged. Start again when you are ready.",
  },
  not_charged: {
    title: "The payment did not reach your bank",
    advice: "Nothing was charged. You can try again now with the same card.",
  },
  gateway_unreachable: {
    title: "We could not reach the payment service",
    advice: "Nothing was charged. Wait a moment, then try again.",
  },
};

const unknownDecline = {
  title: "The payment was declined",
  advice: "Nothing was charged. Try another card, or ask your bank for the reason.",
};

/** Title and advice for a code of a refused payment; a code not known here gets a plain, true answer. */
export function declineWords(code: string | null): { title: string; advice: string } {
  return (code === null ? undefined : lookUp(declineSentences, code)) ?? unknownDecline;
}

/** "Visa ending 4242", or null where the payment holds no card. */
export function cardWords(metadata: Record<string, unknown>): string | null {
  const last4 = metadata["card_last4"];
  if (typeof last4 !== "string" || last4 === "") return null;
  const brand = metadata["card_brand"];
  return `${(typeof brand === "string" ? lookUp(cardBrandNames, brand) : undefined) ?? "Card"} ending ${last4}`;
}

/** A gateway's name for people. */
export function gatewayWords(gateway: string): string {
  return lookUp(gatewayNamesForPeople, gateway) ?? gateway;
}
