/** What Flutterwave's stand-in keeps, and how it shows it. Amounts are kept as decimal strings. */
import { randomInt } from "node:crypto";
import { fromGatewayDecimal } from "#lib/gateways/amounts";
import { formatAmount } from "#lib/domain/money";
import type { LedgerRow } from "../book.ts";
import type { Context } from "../stand-in.ts";

/** A page that was asked for with `POST /v3/payments`. */
export type Link = {
  id: string;
  tx_ref: string;
  amount: string;
  currency: string;
  redirect_url: string;
  email: string;
  title: string;
  meta: Record<string, unknown>;
  ends_at: string;
  /** How many failed payments close the page, and how many there were. */
  max_attempts: number;
  attempts: number;
  state: "open" | "paid" | "closed" | "disabled";
};

/** What the shopper has to do next for a transaction that is pending. */
export type Step = "pin" | "otp" | "3ds" | "avs" | "phone" | "transfer";

export type Transaction = {
  id: string;
  link: string;
  tx_ref: string;
  flw_ref: string;
  amount: string;
  currency: string;
  status: "pending" | "successful" | "failed";
  processor_response: string;
  payment_type: "card" | "bank_transfer" | "mobilemoney";
  /** Brand and last four digits; a number is never kept. */
  card: { type: string; last_4digits: string } | null;
  step: Step | null;
  /** What the issuer will say once the steps are done: empty for yes. */
  refusal: string;
  email: string;
  meta: Record<string, unknown>;
  refunded: string;
  created_at: string;
};

export type Refund = {
  id: string;
  transaction: string;
  /** The shop's `REF-…`, or what staff wrote in the dashboard. */
  comment: string;
  amount: string;
  currency: string;
  flw_ref: string;
  status: string;
  created_at: string;
};

export type Chargeback = {
  id: string;
  transaction: string;
  tx_ref: string;
  flw_ref: string;
  amount: string;
  currency: string;
  status: "initiated" | "won" | "lost";
  comment: string;
  due_date: string;
  created_at: string;
};

export function newNumber(): string {
  return String(randomInt(100_000_000, 2_000_000_000));
}

/** A decimal of the book in the shop's minor units. */
export function minorOf(amount: string, currency: string): bigint {
  return fromGatewayDecimal(amount, currency) ?? 0n;
}

/** As the service writes amounts: a number of whole units. Twelve digits and three decimals are exact in one. */
function figure(amount: string): number {
  return Number(amount);
}

function shareOf(amount: string, currency: string, perMille: bigint): string {
  return formatAmount((minorOf(amount, currency) * perMille) / 1_000n, currency);
}

/** A transaction as verify, the list and webhooks show it. */
export function transactionView(transaction: Transaction): Record<string, unknown> {
  const { id, tx_ref, flw_ref, amount, currency, card, email, created_at } = transaction;
  return {
    id: Number(id),
    tx_ref,
    flw_ref,
    device_fingerprint: "N/A",
    amount: figure(amount),
    currency,
    charged_amount: figure(amount),
    app_fee: figure(shareOf(amount, currency, 14n)),
    merchant_fee: 0,
    processor_response: transaction.processor_response,
    auth_model: transaction.payment_type === "card" ? "PIN" : "AUTH",
    ip: "127.0.0.1",
    narration: "Tollbooth sandbox",
    status: transaction.status,
    payment_type: transaction.payment_type,
    created_at,
    account_id: 17321,
    amount_settled: figure(shareOf(amount, currency, 986n)),
    meta: transaction.meta,
    ...(card
      ? {
          card: {
            first_6digits: null,
            last_4digits: card.last_4digits,
            issuer: `${card.type} CREDIT`,
            country: "NIGERIA NG",
            type: card.type,
            expiry: null,
          },
        }
      : {}),
    customer: { id: 252759000, name: "Anonymous customer", phone_number: null, email, created_at },
  };
}

/** A refund as the list and webhooks show it. */
export function refundView(refund: Refund): Record<string, unknown> {
  return {
    id: Number(refund.id),
    AmountRefunded: figure(refund.amount),
    currency: refund.currency,
    status: refund.status,
    FlwRef: refund.flw_ref,
    destination: "payment_source",
    comment: refund.comment,
    settlement_id: "NEW",
    meta: JSON.stringify({ source: "availablebalance" }),
    createdAt: refund.created_at,
    updatedAt: refund.created_at,
    walletId: 74639,
    AccountId: 17321,
    TransactionId: Number(refund.transaction),
  };
}

export function chargebackView(chargeback: Chargeback): Record<string, unknown> {
  const { id, amount, flw_ref, tx_ref, currency, status, comment, due_date, created_at } =
    chargeback;
  return {
    id: Number(id),
    // The one amount that the service writes as text.
    amount,
    currency,
    flw_ref,
    tx_ref,
    transaction_id: Number(chargeback.transaction),
    status,
    stage: status === "initiated" ? "new" : "closed",
    comment,
    due_date,
    settlement_id: "NEW",
    created_at,
  };
}

/** Which way a refund's status counts; `completed` alone means that the money is on its way. */
export function refundState(status: string): "pending" | "succeeded" | "failed" {
  if (status === "failed") return "failed";
  return status.startsWith("completed-") ? "succeeded" : "pending";
}

/** A document as checks see it. */
export function ledgerOf(kind: string, data: Readonly<Record<string, unknown>>): LedgerRow | null {
  if (kind === "transaction") return transactionRow(data as Transaction);
  if (kind === "refund") return refundRow(data as Refund);
  return kind === "chargeback" ? chargebackRow(data as Chargeback) : null;
}

function transactionRow(transaction: Transaction): LedgerRow {
  const { id, tx_ref, amount, currency, status, refunded } = transaction;
  const amountMinor = minorOf(amount, currency);
  return {
    role: "charge",
    state: status === "successful" ? "succeeded" : status,
    merchantReference: tx_ref,
    chargeId: id,
    amountMinor,
    capturedMinor: status === "successful" ? amountMinor : 0n,
    refundedMinor: minorOf(refunded, currency),
    currency,
  };
}

function refundRow({ transaction, comment, amount, currency, status }: Refund): LedgerRow {
  const state = refundState(status);
  const amountMinor = minorOf(amount, currency);
  return {
    role: "refund",
    state,
    merchantReference: /REF-[0-9A-F]{12}/.exec(comment)?.[0] ?? "",
    chargeId: transaction,
    amountMinor,
    capturedMinor: 0n,
    refundedMinor: state === "failed" ? 0n : amountMinor,
    currency,
  };
}

function chargebackRow(chargeback: Chargeback): LedgerRow {
  return {
    role: "dispute",
    state: chargeback.status,
    merchantReference: chargeback.tx_ref,
    chargeId: chargeback.transaction,
    amountMinor: minorOf(chargeback.amount, chargeback.currency),
    capturedMinor: 0n,
    refundedMinor: 0n,
    currency: chargeback.currency,
  };
}

export async function findLink({ book }: Context, id: string): Promise<Link | null> {
  return (await book.get<Link>("link", id))?.data ?? null;
}

export async function findTransactionDocument(
  { book }: Context,
  id: string,
): Promise<Transaction | null> {
  return (await book.get<Transaction>("transaction", id))?.data ?? null;
}

/** What was tried under a reference, the newest first. */
export async function transactionsOf({ book }: Context, txRef: string): Promise<Transaction[]> {
  const rows = await book.list<Transaction>("transaction", { merchantReference: txRef });
  return rows.map(({ data }) => data);
}
