import { z } from "zod";
import type { DisputeStatus } from "../../domain/payment.ts";
import { declined } from "../declined.ts";
import type { GatewayEvent, Outcome, TranslatedEvent } from "../gateway.ts";
import {
  capturedOutcome,
  declineReason,
  minorOf,
  paymentSchema,
  refundOutcome,
  refundReferenceOf,
  refundSchema,
  transactionOf,
  type Payment,
} from "./razorpay-outcomes.ts";

const envelope = z.object({
  event: z.string().min(1).max(100),
  payload: z.record(z.string(), z.object({ entity: z.unknown() })),
});

const disputeSchema = z.object({
  id: z.string().min(1).max(255),
  payment_id: z.string().min(1).max(255),
  amount: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  reason_code: z.string().max(500).nullish(),
  respond_by: z.int().nullish(),
});

/** A payment that is authorized waits for our capture: the core asks, and the answer carries it on. */
const chargeOutcomes: Readonly<Record<string, (payment: Payment) => Outcome>> = {
  "payment.authorized": () => ({ kind: "action_required", reference: null, url: null }),
  "payment.captured": capturedOutcome,
  "order.paid": capturedOutcome,
  "payment.failed": ({ id, error_reason: reason }) => declined(declineReason(reason ?? ""), id),
};

const disputeStatuses: Readonly<Record<string, DisputeStatus>> = {
  "payment.dispute.created": "needs_response",
  "payment.dispute.action_required": "needs_response",
  "payment.dispute.under_review": "under_review",
  "payment.dispute.won": "won",
  "payment.dispute.lost": "lost",
};

const refundEvents = ["refund.created", "refund.processed", "refund.failed"];

function disputeEvent(entity: unknown, status: DisputeStatus): GatewayEvent {
  const read = disputeSchema.parse(entity);
  const amountMinor = minorOf(read.amount, read.currency);
  if (amountMinor === null) throw new Error("unreadable dispute");
  return {
    kind: "dispute",
    disputeReference: read.id,
    chargeReference: read.payment_id,
    status,
    reason: read.reason_code ?? "",
    amountMinor,
    currency: read.currency,
    dueBy: read.respond_by == null ? null : new Date(read.respond_by * 1_000),
  };
}

/**
 * What a webhook of Razorpay says (razorpay.com/docs/webhooks). It is a snapshot of its time and comes in
 * any order. A type that is not known is ignored; what cannot be read throws.
 */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const { event: type, payload } = envelope.parse(JSON.parse(text));
  const outcome = Object.hasOwn(chargeOutcomes, type) ? chargeOutcomes[type] : undefined;
  if (outcome) {
    const payment = paymentSchema.parse(payload["payment"]?.entity);
    const merchantReference = transactionOf(payment);
    return { type, event: { kind: "charge", merchantReference, outcome: outcome(payment) } };
  }
  if (refundEvents.includes(type)) {
    const refund = refundSchema.parse(payload["refund"]?.entity);
    const event: GatewayEvent = {
      kind: "refund",
      merchantReference: refundReferenceOf(refund),
      chargeReference: refund.payment_id,
      outcome: refundOutcome(refund),
    };
    return { type, event };
  }
  const status = Object.hasOwn(disputeStatuses, type) ? disputeStatuses[type] : undefined;
  if (status) return { type, event: disputeEvent(payload["dispute"]?.entity, status) };
  return { type, event: { kind: "ignored" } };
}
