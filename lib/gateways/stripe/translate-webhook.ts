import { z } from "zod";
import type { DisputeStatus } from "../../domain/payment.ts";
import type { GatewayEvent, TranslatedEvent } from "../gateway.ts";
import {
  intentOutcome,
  intentSchema,
  isFailed,
  minorOf,
  refundOutcome,
  refundSchema,
  unknown,
} from "./stripe-outcomes.ts";

const envelope = z.object({
  type: z.string().min(1).max(100),
  data: z.object({ object: z.unknown() }),
});

const intentTypes: ReadonlySet<string> = new Set([
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "payment_intent.processing",
  "payment_intent.amount_capturable_updated",
]);
// `charge.refunded` says how much in all and names no refund: these come beside it.
const refundTypes: ReadonlySet<string> = new Set([
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.refund.updated",
]);

const ignored: GatewayEvent = { kind: "ignored" };

/** An intent without our reference is nothing of ours. */
function chargeEvent(object: unknown): GatewayEvent {
  const intent = intentSchema.parse(object);
  const merchantReference = intent.metadata["transaction_id"];
  if (merchantReference === undefined) return ignored;
  // It could be paid still, with another card: it is over when it was asked for, and cancelled.
  const outcome = isFailed(intent) ? unknown("an attempt failed") : intentOutcome(intent);
  return { kind: "charge", merchantReference, outcome };
}

function refundEvent(object: unknown): GatewayEvent {
  const refund = refundSchema.parse(object);
  const { payment_intent: chargeReference, metadata } = refund;
  if (!chargeReference) return ignored;
  return {
    kind: "refund",
    merchantReference: metadata["refund_id"] ?? "",
    chargeReference,
    outcome: refundOutcome(refund),
  };
}

/** Inquiries (`warning_…`) move no money, and other statuses are not known here: both are ignored. */
const disputeStatuses: Readonly<Record<string, DisputeStatus>> = {
  needs_response: "needs_response",
  appeal_needs_response: "needs_response",
  under_review: "under_review",
  appeal_under_review: "under_review",
  won: "won",
  lost: "lost",
};

const disputeSchema = z.object({
  id: z.string().min(1).max(255),
  status: z.string(),
  reason: z.string().max(500),
  amount: z.int().nonnegative().transform(BigInt),
  currency: z.string().transform((code) => code.toUpperCase()),
  payment_intent: z.string().nullish(),
  evidence_details: z.object({ due_by: z.int().nullish() }).nullish().catch(null),
});

function disputeEvent(object: unknown): GatewayEvent {
  const dispute = disputeSchema.parse(object);
  const { id, status: theirs, reason, currency, payment_intent, evidence_details } = dispute;
  const status = Object.hasOwn(disputeStatuses, theirs) ? disputeStatuses[theirs] : undefined;
  if (status === undefined || !payment_intent) return ignored;
  const amountMinor = minorOf(dispute.amount, currency);
  if (amountMinor === null) throw new Error("unreadable dispute");
  const dueBy = evidence_details?.due_by;
  return {
    kind: "dispute",
    disputeReference: id,
    chargeReference: payment_intent,
    status,
    reason,
    amountMinor,
    currency,
    dueBy: dueBy ? new Date(dueBy * 1_000) : null,
  };
}

function eventOf(type: string, object: unknown): GatewayEvent {
  if (intentTypes.has(type)) return chargeEvent(object);
  if (refundTypes.has(type)) return refundEvent(object);
  return type.startsWith("charge.dispute.") ? disputeEvent(object) : ignored;
}

/** What a webhook of Stripe says. A type that is not known is ignored; what cannot be read throws. */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const { type, data } = envelope.parse(json);
  return { type, event: eventOf(type, data.object) };
}
