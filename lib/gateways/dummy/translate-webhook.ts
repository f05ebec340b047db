import { z } from "zod";
import type { DisputeStatus } from "../../domain/payment.ts";
import type { GatewayEvent, Outcome, TranslatedEvent } from "../gateway.ts";
import { declined, isDeclineReason } from "../declined.ts";
import { cardOf } from "./outcomes.ts";

// Unknown fields are let through: a gateway adds some whenever it likes.
const amount = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => BigInt(text));
const currency = z.string().regex(/^[A-Z]{3}$/);
const reference = z.string().min(1).max(255);
const time = z.iso.datetime().transform((text) => new Date(text));

const envelope = z.object({ type: z.string().min(1).max(100), data: z.unknown() });

const chargeData = z.object({
  reference,
  merchant_reference: reference,
  amount_minor: amount,
  currency,
  decline_code: z.string().nullable(),
  card_brand: z.string().nullable(),
  card_last4: z.string().nullable(),
  expires_at: time.nullable(),
});
const refundData = z.object({
  reference,
  /** Empty for one made in the gateway's dashboard. */
  merchant_reference: z.string().max(255),
  charge_reference: reference,
  amount_minor: amount,
  currency,
});
const disputeData = z.object({
  reference,
  charge_reference: reference,
  amount_minor: amount,
  currency,
  reason: z.string().max(500),
  due_by: time.nullable(),
});

const charge =
  (outcome: (data: z.output<typeof chargeData>) => Outcome) =>
  (data: unknown): GatewayEvent => {
    const read = chargeData.parse(data);
    return { kind: "charge", merchantReference: read.merchant_reference, outcome: outcome(read) };
  };

const refund =
  (outcome: (data: z.output<typeof refundData>) => Outcome) =>
  (data: unknown): GatewayEvent => {
    const read = refundData.parse(data);
    return {
      kind: "refund",
      merchantReference: read.merchant_reference,
      chargeReference: read.charge_reference,
      outcome: outcome(read),
    };
  };

const dispute =
  (status: DisputeStatus) =>
  (data: unknown): GatewayEvent => {
    const read = disputeData.parse(data);
    return {
      kind: "dispute",
      disputeReference: read.reference,
      chargeReference: read.charge_reference,
      status,
      reason: read.reason,
      amountMinor: read.amount_minor,
      currency: read.currency,
      dueBy: read.due_by,
    };
  };

/** Captures and voids are asked for here and told in the answer: `capture.succeeded` and `charge.voided` are no news. */
const readers: Readonly<Record<string, (data: unknown) => GatewayEvent>> = {
  "charge.succeeded": charge((data) => ({
    kind: "succeeded",
    reference: data.reference,
    amountMinor: data.amount_minor,
    currency: data.currency,
    card: cardOf(data.card_brand, data.card_last4),
  })),
  "charge.authorized": charge((data) => ({
    kind: "authorized",
    reference: data.reference,
    amountMinor: data.amount_minor,
    currency: data.currency,
    card: cardOf(data.card_brand, data.card_last4),
    expiresAt: data.expires_at,
  })),
  "charge.failed": charge((data) => {
    const { decline_code: code } = data;
    return declined(isDeclineReason(code) ? code : "card_declined", data.reference);
  }),
  "refund.succeeded": refund((data) => ({
    kind: "succeeded",
    reference: data.reference,
    amountMinor: data.amount_minor,
    currency: data.currency,
    card: null,
  })),
  "refund.pending": refund((data) => ({ kind: "pending", reference: data.reference })),
  "refund.failed": refund((data) => declined("refund_failed", data.reference)),
  "dispute.opened": dispute("needs_response"),
  "dispute.under_review": dispute("under_review"),
  "dispute.won": dispute("won"),
  "dispute.lost": dispute("lost"),
};

/** What a webhook of the dummy gateway says. A type that is not known is ignored; what cannot be read throws. */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const { type, data } = envelope.parse(JSON.parse(text));
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return { type, event: read ? read(data) : { kind: "ignored" } };
}
