import { z } from "zod";
import type { DisputeStatus } from "#lib/domain/payment";
import type { GatewayEvent, TranslatedEvent } from "#lib/gateways/gateway";
import {
  minorOf,
  paymentOutcome,
  paymentSchema,
  refundOutcome,
  refundSchema,
} from "./template-outcomes.ts";

const envelope = z.object({ type: z.string().min(1).max(100), data: z.unknown() });

function chargeEvent(data: unknown): GatewayEvent {
  const payment = paymentSchema.parse(data);
  const outcome = paymentOutcome(payment);
  return { kind: "charge", merchantReference: payment.reference, outcome };
}

/** `reference` is empty for a refund that was made in the dashboard. */
function refundEvent(data: unknown): GatewayEvent {
  const refund = refundSchema.parse(data);
  return {
    kind: "refund",
    merchantReference: refund.reference,
    chargeReference: refund.payment,
    outcome: refundOutcome(refund),
  };
}

const disputeSchema = z.object({
  id: z.string().min(1),
  payment: z.string().min(1),
  amount: z.int().nonnegative(),
  currency: z.string(),
  status: z.string(),
  reason: z.string().max(500),
  due_by: z.coerce.date().nullish(),
});
const disputeStatuses: Readonly<Record<string, DisputeStatus>> = {
  open: "needs_response",
  under_review: "under_review",
  won: "won",
  lost: "lost",
};

function disputeEvent(data: unknown): GatewayEvent {
  const dispute = disputeSchema.parse(data);
  const amountMinor = minorOf(dispute);
  const { status: word } = dispute;
  const status = Object.hasOwn(disputeStatuses, word) ? disputeStatuses[word] : undefined;
  if (amountMinor === null || status === undefined) throw new Error("unreadable dispute");
  return {
    kind: "dispute",
    disputeReference: dispute.id,
    chargeReference: dispute.payment,
    status,
    reason: dispute.reason,
    amountMinor,
    currency: dispute.currency,
    dueBy: dispute.due_by ?? null,
  };
}

const readers: readonly [string, (data: unknown) => GatewayEvent][] = [
  ["payment.", chargeEvent],
  ["refund.", refundEvent],
  ["dispute.", disputeEvent],
];

/** What a webhook of Template says. A type that is not known is ignored; what cannot be read throws. */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const { type, data } = envelope.parse(json);
  const [, read] = readers.find(([prefix]) => type.startsWith(prefix)) ?? [];
  return { type, event: read ? read(data) : { kind: "ignored" } };
}
