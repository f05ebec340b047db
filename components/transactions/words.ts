import type { Role } from "#lib/domain/actor";
import type { RefundStatus, TransactionStatus } from "#lib/domain/payment";
import type { Tone } from "../ui/tone.ts";
import { lookUp } from "./look-up.ts";

type Wording = { label: string; tone: Tone };

/** How a transaction's status reads, short. */
export const transactionStatusWords = {
  pending: { label: "Not paid yet", tone: "neutral" },
  requires_action: { label: "Waiting for shopper", tone: "warning" },
  processing: { label: "Asking the bank", tone: "info" },
  authorized: { label: "Authorized", tone: "info" },
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
  authorized: "The bank has set the money aside. It has not been taken yet.",
  success: "The payment went through and the money was taken once.",
  failed: "The payment did not go through. Nothing was charged.",
  cancelled: "This payment was called off. Nothing was charged.",
  partially_refunded: "The payment went through, and part of it has been given back.",
  refunded: "The payment went through, and all of it has been given back.",
} as const satisfies Record<TransactionStatus, string>;

export const refundStatusWords = {
  pending: { label: "On its way", tone: "info" },
  refunded: { label: "Refunded", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
} as const satisfies Record<RefundStatus, Wording>;

export const refundStatusSentences = {
  pending:
    "The gateway has not confirmed this refund yet. The amount is reserved, so it cannot be refunded twice.",
  refunded: "The money is on its way back to the card. Banks usually show it within 5 to 10 days.",
  failed: "The gateway refused this refund. No money moved, and the amount can be refunded again.",
} as const satisfies Record<RefundStatus, string>;

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
