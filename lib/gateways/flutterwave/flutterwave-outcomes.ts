// What Flutterwave's answers say, as outcomes. Fields that are not read here may come and go.
import { z } from "zod";
import { isCurrency } from "../../domain/money.ts";
import { fromGatewayDecimal } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { CardSummary, DeclineReason, Outcome } from "../gateway.ts";

const id = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,18}$/)]).transform(String);
/** Whole units with decimals, as a number or as text. A number of up to 15 digits is written as it was sent. */
const decimal = z
  .union([z.number().nonnegative(), z.string()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,12}(\.\d{1,8})?$/));
const currency = z.string().refine(isCurrency);
const time = z
  .string()
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()));

const card = z.object({ type: z.string(), last_4digits: z.string().regex(/^\d{4}$/) });

export const transactionSchema = z.object({
  id,
  tx_ref: z.string().min(1).max(255),
  amount: decimal,
  currency,
  status: z.string(),
  processor_response: z.string().nullish(),
  created_at: time,
  card: card.nullish().catch(null),
});
export type Transaction = z.output<typeof transactionSchema>;

const refundFields = {
  id,
  status: z.string(),
  currency: currency.optional().catch(undefined),
  comment: z.string().nullish(),
  comments: z.string().nullish(),
};

/** A refund as the list, its own address and webhooks have it, with capitals. */
export const refundRowSchema = z
  .object({
    ...refundFields,
    AmountRefunded: decimal,
    TransactionId: id,
    createdAt: time.nullish().catch(null),
  })
  .transform(({ AmountRefunded, TransactionId, createdAt, ...refund }) => ({
    ...refund,
    amount: AmountRefunded,
    chargeReference: TransactionId,
    createdAt: createdAt ?? null,
    note: refund.comment ?? refund.comments ?? null,
  }));
export type RefundRow = z.output<typeof refundRowSchema>;

/** A refund as the call that makes it answers. */
export const madeRefundSchema = z
  .object({ ...refundFields, amount_refunded: decimal, tx_id: id })
  .transform(({ amount_refunded, tx_id, ...refund }) => ({
    ...refund,
    amount: amount_refunded,
    chargeReference: tx_id,
  }));

export const unknown = (detail: string): Outcome => ({ kind: "unknown", detail });

/** The processor's words where they are plain. They are free text: whatever else it says is a decline. */
const declineWords: readonly [RegExp, DeclineReason][] = [
  [/insufficient funds?/i, "insufficient_funds"],
  [/expired card|card (has )?expired/i, "expired_card"],
  [/incorrect pin|wrong pin|invalid otp|authentication/i, "authentication_failed"],
  [/cvv|cvc/i, "incorrect_cvc"],
  [/invalid card/i, "invalid_card"],
  [/timed out|timeout/i, "payment_expired"],
  [/cancel|given up/i, "cancelled"],
];

function declineReason(words: string): DeclineReason {
  return declineWords.find(([pattern]) => pattern.test(words))?.[1] ?? "card_declined";
}

function cardOf(transaction: Transaction): CardSummary | null {
  if (!transaction.card) return null;
  const { type, last_4digits: last4 } = transaction.card;
  return { brand: type.toLowerCase() || "unknown", last4 };
}

/**
 * What a transaction came to, where it is the one of our reference. Amount and currency are Flutterwave's:
 * whether they are ours is for the caller to judge. `charged_amount` would have the shopper's fees in it.
 */
export function chargeOutcome(data: unknown, merchantReference: string): Outcome {
  const parsed = transactionSchema.safeParse(data);
  if (!parsed.success) return unknown("unreadable transaction");
  const transaction = parsed.data;
  if (transaction.tx_ref !== merchantReference) return unknown("another reference");
  switch (transaction.status) {
    case "successful": {
      const amountMinor = fromGatewayDecimal(transaction.amount, transaction.currency);
      if (amountMinor === null) return unknown("unreadable amount");
      const { currency, id: reference } = transaction;
      return { kind: "succeeded", reference, amountMinor, currency, card: cardOf(transaction) };
    }
    case "pending":
      return { kind: "pending", reference: transaction.id };
    case "failed":
      return declined(declineReason(transaction.processor_response ?? ""), transaction.id);
    default:
      return unknown("unreadable status");
  }
}

/**
 * The statuses of a refund. `completed` alone means that it was begun and awaits its payout; the longer
 * ones are the end. Source: developer.flutterwave.com/docs/payment-operations/refunds, and adapters that
 * cite its text.
 */
const refundStates: Readonly<Record<string, "pending" | "succeeded" | "failed">> = {
  new: "pending",
  pending: "pending",
  "pending-momo": "pending",
  processing: "pending",
  completed: "pending",
  "completed-bank-transfer": "succeeded",
  "completed-momo": "succeeded",
  "completed-mpgs": "succeeded",
  "completed-offline": "succeeded",
  "completed-preauth": "succeeded",
  failed: "failed",
};

/** How a refund's status counts; null: it is not known here. */
export function refundState(status: string): "pending" | "succeeded" | "failed" | null {
  return Object.hasOwn(refundStates, status) ? (refundStates[status] ?? null) : null;
}

/** What a refund came to. It names no currency: it is that of its charge. */
export function refundOutcome(
  refund: { id: string; status: string; amount: string },
  currency: string,
): Outcome {
  const amountMinor = fromGatewayDecimal(refund.amount, currency);
  if (amountMinor === null) return unknown("unreadable amount");
  switch (refundState(refund.status)) {
    case "succeeded":
      return { kind: "succeeded", reference: refund.id, amountMinor, currency, card: null };
    case "pending":
      return { kind: "pending", reference: refund.id };
    case "failed":
      return declined("refund_failed", refund.id);
    case null:
      return unknown("unreadable refund status");
  }
}

/** The `REF-…` of ours in what a refund's note says; null where it carries none. */
export function ownReference(note: string | null): string | null {
  return /REF-[0-9A-F]{12}/.exec(note ?? "")?.[0] ?? null;
}

const linkSchema = z.object({ link: z.url() });

/** The address of the page that was made: over TLS, or the sandbox's own. Null where it is neither. */
export function readLink(data: unknown, { apiUrl }: { apiUrl: string }): string | null {
  const parsed = linkSchema.safeParse(data);
  if (!parsed.success) return null;
  const { link } = parsed.data;
  const isSafe = link.startsWith("https://") || new URL(link).origin === new URL(apiUrl).origin;
  return isSafe ? link : null;
}
