import { z } from "zod";
import type { DisputeStatus } from "../../domain/payment.ts";
import { fromGatewayDecimal } from "../amounts.ts";
import type { GatewayEvent, Outcome, TranslatedEvent } from "../gateway.ts";
import {
  chargeOutcome,
  ownReference,
  refundOutcome,
  refundRowSchema,
  transactionSchema,
  unknown,
} from "./flutterwave-outcomes.ts";

const envelope = z.object({ event: z.string().min(1).max(100), data: z.unknown() });

/**
 * `verif-hash` is a password that covers no body, so that it is told is all that is believed: of what
 * succeeded Flutterwave is asked before anything moves (docs/transaction-verification).
 */
const asQuestion = (outcome: Outcome): Outcome =>
  outcome.kind === "succeeded" ? unknown("told without a signature over it") : outcome;

/** Sent for failures too: what it came to is in the data. */
function chargeEvent(data: unknown): GatewayEvent {
  const { tx_ref: merchantReference } = transactionSchema.parse(data);
  const outcome = asQuestion(chargeOutcome(data, merchantReference));
  return { kind: "charge", merchantReference, outcome };
}

/**
 * A refund names no currency, and one of ours is asked about anyway. One whose note is not there at all
 * does not say whose it is: taking it for staff's could book ours twice, so reconciliation finds it.
 */
function refundEvent(data: unknown): GatewayEvent {
  const { currency, ...row } = refundRowSchema.parse(data);
  if (row.note === null) return { kind: "ignored" };
  const merchantReference = ownReference(row.note) ?? "";
  const outcome =
    currency === undefined ? unknown("the event names no currency") : refundOutcome(row, currency);
  return {
    kind: "refund",
    merchantReference,
    chargeReference: row.chargeReference,
    outcome: merchantReference === "" ? outcome : asQuestion(outcome),
  };
}

const disputeStatuses: Readonly<Record<string, DisputeStatus>> = {
  initiated: "needs_response",
  pending: "needs_response",
  declined: "under_review",
  won: "won",
  reversed: "won",
  lost: "lost",
  accepted: "lost",
};

const chargeback = z.object({
  id: z.union([z.int(), z.string()]).transform(String),
  transaction_id: z.union([z.int(), z.string()]).transform(String),
  amount: z.union([z.number(), z.string()]).transform(String),
  currency: z.string().regex(/^[A-Z]{3}$/),
  status: z.string(),
  comment: z.string().max(500).nullish(),
  due_date: z.coerce.date().nullish(),
});

function disputeEvent(data: unknown): GatewayEvent {
  const read = chargeback.parse(data);
  const status = Object.hasOwn(disputeStatuses, read.status)
    ? disputeStatuses[read.status]
    : undefined;
  const amountMinor = fromGatewayDecimal(read.amount, read.currency);
  if (status === undefined || amountMinor === null) throw new Error("unreadable chargeback");
  return {
    kind: "dispute",
    disputeReference: read.id,
    chargeReference: read.transaction_id,
    status,
    reason: read.comment ?? "",
    amountMinor,
    currency: read.currency,
    dueBy: read.due_date ?? null,
  };
}

/**
 * What a webhook of Flutterwave says. The body of an event of v3 need not be signed, so the core asks the
 * service wherever something hangs on it. A type that is not known is ignored; what cannot be read throws.
 */
export function translateWebhook(body: Uint8Array): TranslatedEvent {
  const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const parsed = envelope.safeParse(json);
  // A refund comes as the bare object at times.
  if (!parsed.success) return { type: "refund", event: refundEvent(json) };
  const { event: type, data } = parsed.data;
  if (type === "charge.completed") return { type, event: chargeEvent(data) };
  if (type.startsWith("refund")) return { type, event: refundEvent(data) };
  if (type.startsWith("chargeback.")) return { type, event: disputeEvent(data) };
  return { type, event: { kind: "ignored" } };
}
