// What Razorpay's answers say, as outcomes. Fields that are not read here may come and go.
import { z } from "zod";
import { isCurrency } from "../../domain/money.ts";
import { fromGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { CardSummary, DeclineReason, Outcome } from "../gateway.ts";
import { currencies } from "./currencies.ts";

const amount = z.int().nonnegative();
const currency = z.string().refine(isCurrency);
const time = z.int().transform((seconds) => new Date(seconds * 1_000));
// Empty notes come as a list.
const notes = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .transform((pairs): Record<string, unknown> => (Array.isArray(pairs) ? {} : pairs))
  .catch({});

export const orderSchema = z.object({
  id: z.string().min(1).max(255),
  amount,
  currency,
  receipt: z.string().nullish(),
  status: z.string(),
});

export const paymentSchema = z.object({
  id: z.string().min(1).max(255),
  amount,
  currency,
  status: z.string(),
  order_id: z.string().nullish(),
  amount_refunded: amount.nullish(),
  error_reason: z.string().nullish(),
  card: z
    .object({ network: z.string(), last4: z.string().regex(/^\d{4}$/) })
    .nullish()
    .catch(null),
  notes,
  created_at: time,
});
export type Payment = z.output<typeof paymentSchema>;

export const refundSchema = z.object({
  id: z.string().min(1).max(255),
  payment_id: z.string().min(1).max(255),
  amount,
  currency,
  status: z.string(),
  receipt: z.string().nullish(),
  notes,
  created_at: time,
});
export type Refund = z.output<typeof refundSchema>;

export const listOf = <S extends z.ZodType>(item: S) =>
  z.object({ entity: z.literal("collection"), items: z.array(item) });

export const unknown = (detail: string): Extract<Outcome, { kind: "unknown" }> => ({
  kind: "unknown",
  detail,
});

/** Reasons of razorpay.com/docs/errors that say more than no. */
const declineReasons: Readonly<Record<string, DeclineReason>> = {
  insufficient_fund: "insufficient_funds",
  insufficient_funds: "insufficient_funds",
  authentication_failed: "authentication_failed",
  incorrect_otp: "authentication_failed",
  card_expired: "expired_card",
  incorrect_cvv: "incorrect_cvc",
  card_number_invalid: "invalid_card",
  payment_timed_out: "authentication_expired",
  payment_cancelled: "cancelled",
  gateway_technical_error: "processing_error",
  bank_technical_error: "processing_error",
};

export function declineReason(reason: string): DeclineReason {
  return Object.hasOwn(declineReasons, reason)
    ? (declineReasons[reason] ?? "card_declined")
    : "card_declined";
}

/** Razorpay's smallest units in ours; null where that cannot be. */
export function minorOf(value: number, code: string): bigint | null {
  const rule = currencies[code];
  return rule ? fromGatewayMinor(BigInt(value), code, rule) : null;
}

function cardOf({ card }: Payment): CardSummary | null {
  return card ? { brand: card.network.toLowerCase() || "unknown", last4: card.last4 } : null;
}

/** Money was taken, whatever was given back since. */
export const isCaptured = ({ status }: Payment): boolean =>
  status === "captured" || status === "refunded";

/** What a payment that was captured came to. The amount is Razorpay's: whether it is ours the caller judges. */
export function capturedOutcome(payment: Payment): Outcome {
  const amountMinor = minorOf(payment.amount, payment.currency);
  if (amountMinor === null) return unknown("unreadable amount");
  const { id: reference, currency: code } = payment;
  return { kind: "succeeded", reference, amountMinor, currency: code, card: cardOf(payment) };
}

/** What a refund came to. */
export function refundOutcome(refund: Refund): Outcome {
  const amountMinor = minorOf(refund.amount, refund.currency);
  if (amountMinor === null) return unknown("unreadable amount");
  const { id: reference, currency: code } = refund;
  switch (refund.status) {
    case "processed":
      return { kind: "succeeded", reference, amountMinor, currency: code, card: null };
    case "pending":
      return { kind: "pending", reference };
    case "failed":
      return declined("refund_failed", reference);
    default:
      return unknown("unreadable refund status");
  }
}

/** The `REF-…` of ours that a refund carries; empty where staff made it in Razorpay's dashboard. */
export function refundReferenceOf({ notes: said, receipt }: Refund): string {
  const own = /^REF-[0-9A-F]{12}$/;
  return [said["refund_id"], receipt].find((text): text is string => own.test(String(text))) ?? "";
}

/** The `TXN-…` of ours that a payment carries. */
export function transactionOf({ notes: said }: Payment): string {
  const text = said["transaction_id"];
  return typeof text === "string" ? text : "";
}
