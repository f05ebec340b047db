// What PayPal's webhooks say: https://developer.paypal.com/api/rest/webhooks/event-names.
import { z } from "zod";
import type { DisputeStatus } from "../../domain/payment.ts";
import { declined } from "../declined.ts";
import type { GatewayEvent, Outcome, TranslatedEvent } from "../gateway.ts";
import {
  authorizationOutcome,
  authorizationSchema,
  captureOutcome,
  captureSchema,
  minorOf,
  moneySchema,
  paypalId,
  refundOutcome,
  refundSchema,
} from "./paypal-outcomes.ts";

const envelope = z.object({
  event_type: z.string().min(1).max(100),
  resource: z.unknown(),
});
const ignored: GatewayEvent = { kind: "ignored" };

const unitsSchema = z.array(z.object({ custom_id: z.string().max(255).optional() })).optional();
const orderSchema = z.object({ id: paypalId, purchase_units: unitsSchema });
const reversalSchema = z.object({ purchase_units: unitsSchema });
const disputeSchema = z.object({
  dispute_id: z.string().min(1).max(255),
  disputed_transactions: z.array(z.object({ seller_transaction_id: paypalId })).min(1),
  reason: z.string().max(500).default(""),
  status: z.string(),
  dispute_amount: moneySchema,
  dispute_outcome: z.object({ outcome_code: z.string() }).optional(),
  seller_response_due_date: z
    .string()
    .transform((text) => new Date(text))
    .optional(),
});

/** A charge of another shop of the same account carries no reference of ours. */
function chargeEvent(merchantReference: string | undefined, outcome: Outcome): GatewayEvent {
  return merchantReference ? { kind: "charge", merchantReference, outcome } : ignored;
}

/** A capture of what was held is asked for here and told in the answer: it is no news. */
function capture(resource: unknown): GatewayEvent {
  const read = captureSchema.parse(resource);
  const isOfHold = read.supplementary_data?.related_ids?.authorization_id !== undefined;
  return isOfHold ? ignored : chargeEvent(read.custom_id, captureOutcome(read));
}

function authorization(resource: unknown): GatewayEvent {
  const read = authorizationSchema.parse(resource);
  return chargeEvent(read.custom_id, authorizationOutcome(read));
}

/** The buyer has agreed; the money is taken when we say so, which asking about it does. */
function approved(resource: unknown): GatewayEvent {
  const { id, purchase_units } = orderSchema.parse(resource);
  return chargeEvent(purchase_units?.[0]?.custom_id, { kind: "pending", reference: id });
}

function reversed(resource: unknown): GatewayEvent {
  const { purchase_units } = reversalSchema.parse(resource);
  return chargeEvent(purchase_units?.[0]?.custom_id, declined("payment_expired", null));
}

/** Of a refund, the link `up` is the capture; one from the dashboard may carry the payment's reference. */
function refund(resource: unknown): GatewayEvent {
  const read = refundSchema.parse(resource);
  const up = read.links?.find(({ rel }) => rel === "up")?.href ?? "";
  const chargeReference = /\/payments\/captures\/([A-Z0-9-]{1,36})$/.exec(up)?.[1];
  if (chargeReference === undefined) throw new Error("a refund without its capture");
  const { custom_id = "" } = read;
  return {
    kind: "refund",
    merchantReference: custom_id.startsWith("REF-") ? custom_id : "",
    chargeReference,
    outcome: refundOutcome(read),
  };
}

const wonOutcomes = new Set([
  "RESOLVED_SELLER_FAVOUR",
  "CANCELED_BY_BUYER",
  "DENIED",
  // PayPal pays the buyer itself.
  "RESOLVED_WITH_PAYOUT",
]);
const lostOutcomes = new Set(["RESOLVED_BUYER_FAVOUR", "ACCEPTED"]);

function disputeStatus({ status, dispute_outcome }: z.output<typeof disputeSchema>): DisputeStatus {
  const outcome = dispute_outcome?.outcome_code ?? "";
  if (wonOutcomes.has(outcome)) return "won";
  if (lostOutcomes.has(outcome)) return "lost";
  const waits = status === "OPEN" || status === "WAITING_FOR_SELLER_RESPONSE";
  return waits ? "needs_response" : "under_review";
}

function dispute(resource: unknown): GatewayEvent {
  const read = disputeSchema.parse(resource);
  const { dispute_amount, seller_response_due_date: dueBy } = read;
  const amountMinor = minorOf(dispute_amount);
  if (amountMinor === null) throw new Error("a dispute with an amount that cannot be read");
  return {
    kind: "dispute",
    disputeReference: read.dispute_id,
    chargeReference: read.disputed_transactions[0]?.seller_transaction_id ?? "",
    status: disputeStatus(read),
    reason: read.reason,
    amountMinor,
    currency: dispute_amount.currency_code,
    dueBy: dueBy && !Number.isNaN(dueBy.getTime()) ? dueBy : null,
  };
}

/**
 * `PAYMENT.CAPTURE.REVERSED` is told by its dispute as well, and releases of holds in the answer to them:
 * both are left out, like everything else that is not here.
 */
const readers: Readonly<Record<string, (resource: unknown) => GatewayEvent>> = {
  "CHECKOUT.ORDER.APPROVED": approved,
  "CHECKOUT.PAYMENT-APPROVAL.REVERSED": reversed,
  "PAYMENT.CAPTURE.COMPLETED": capture,
  "PAYMENT.CAPTURE.PENDING": capture,
  "PAYMENT.CAPTURE.DENIED": capture,
  "PAYMENT.CAPTURE.DECLINED": capture,
  "PAYMENT.CAPTURE.REFUNDED": refund,
  "PAYMENT.REFUND.PENDING": refund,
  "PAYMENT.REFUND.FAILED": refund,
  "PAYMENT.AUTHORIZATION.CREATED": authorization,
  "CUSTOMER.DISPUTE.CREATED": dispute,
  "CUSTOMER.DISPUTE.UPDATED": dispute,
  "CUSTOMER.DISPUTE.RESOLVED": dispute,
};

/** What a webhook of PayPal says. A type that is not known is ignored; what cannot be read throws. */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const { event_type: type, resource } = envelope.parse(JSON.parse(text));
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return { type, event: read ? read(resource) : ignored };
}
