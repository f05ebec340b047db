// What Template's answers say, as outcomes. Fields that are not read here may come and go.
import { z } from "zod";
import { fromGatewayMinor } from "#lib/gateways/amounts";
import { declined } from "#lib/gateways/declined";
import type { DeclineReason, ListedCharge, Outcome } from "#lib/gateways/gateway";
import { currencies } from "./currencies.ts";

const text = z.string().min(1).max(255);
const wholeNumber = z.int().nonnegative();

export const refundSchema = z.object({
  id: text,
  payment: text,
  reference: z.string().max(255),
  amount: wholeNumber,
  currency: text,
  status: z.string(),
  created_at: z.coerce.date(),
});
export type TemplateRefund = z.output<typeof refundSchema>;

export const paymentSchema = z.object({
  id: text,
  reference: text,
  amount: wholeNumber,
  currency: text,
  status: z.string(),
  decline_code: z.string().nullish(),
  card: z.object({ brand: z.string(), last4: z.string() }).nullish(),
  url: z.url(),
  created_at: z.coerce.date(),
  refunds: z.array(refundSchema).default([]),
});
export type TemplatePayment = z.output<typeof paymentSchema>;

export const unknown = (detail: string): Extract<Outcome, { kind: "unknown" }> => ({
  kind: "unknown",
  detail,
});

/** An amount of Template's in our minor units; null where it cannot be read as one. */
export function minorOf({ amount, currency }: { amount: number; currency: string }): bigint | null {
  const rule = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined;
  return rule ? fromGatewayMinor(BigInt(amount), currency, rule) : null;
}

const declineCodes: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: "insufficient_funds",
  expired_card: "expired_card",
  cancelled: "cancelled",
  expired: "payment_expired",
};

/** What a payment came to. Amount and currency are Template's: whether they are ours is for the caller. */
export function paymentOutcome(payment: TemplatePayment): Outcome {
  const { id: reference, status, currency, card = null, url } = payment;
  switch (status) {
    case "paid": {
      const amountMinor = minorOf(payment);
      return amountMinor === null
        ? unknown("unreadable amount")
        : { kind: "succeeded", reference, amountMinor, currency, card };
    }
    case "open":
      return { kind: "action_required", reference, url };
    case "pending":
      return { kind: "pending", reference };
    case "failed":
    case "cancelled":
    case "expired": {
      const code = status === "failed" ? (payment.decline_code ?? "") : status;
      const reason = Object.hasOwn(declineCodes, code) ? declineCodes[code] : undefined;
      return declined(reason ?? "card_declined", reference);
    }
    default:
      return unknown("unreadable status");
  }
}

/** What a refund came to. */
export function refundOutcome(refund: TemplateRefund): Outcome {
  const { id: reference, status, currency } = refund;
  const amountMinor = minorOf(refund);
  if (amountMinor === null) return unknown("unreadable amount");
  switch (status) {
    case "succeeded":
      return { kind: "succeeded", reference, amountMinor, currency, card: null };
    case "pending":
      return { kind: "pending", reference };
    case "failed":
      return declined("refund_failed", reference);
    default:
      return unknown("unreadable status");
  }
}

function refundStatus(status: string): "pending" | "succeeded" | "failed" {
  return status === "succeeded" || status === "failed" ? status : "pending";
}

/** A payment in the words of a gateway's list. Throws where an amount cannot be read. */
export function listedCharge(payment: TemplatePayment): ListedCharge {
  const amountOf = (of: { amount: number; currency: string }): bigint => {
    const amountMinor = minorOf(of);
    if (amountMinor === null)
      throw new Error("Template's list names an amount that is unreadable.");
    return amountMinor;
  };
  const amountMinor = amountOf(payment);
  const isPaid = payment.status === "paid";
  const refunds = payment.refunds.map((refund) => ({
    reference: refund.id,
    merchantReference: refund.reference,
    status: refundStatus(refund.status),
    amountMinor: amountOf(refund),
    createdAt: refund.created_at,
  }));
  return {
    reference: payment.id,
    merchantReference: payment.reference,
    status: isPaid ? "succeeded" : "other",
    amountMinor,
    capturedMinor: isPaid ? amountMinor : 0n,
    refundedMinor: refunds
      .filter(({ status }) => status === "succeeded")
      .reduce((sum, refund) => sum + refund.amountMinor, 0n),
    currency: payment.currency,
    createdAt: payment.created_at,
    refunds,
  };
}
