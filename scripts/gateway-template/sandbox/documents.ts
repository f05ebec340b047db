/** What Template's stand-in keeps. Amounts are in its minor units. */
import { parseAmount } from "#lib/domain/money";
import type { LedgerRow } from "../../../sandbox/book.ts";
import { Refused } from "../../../sandbox/refused.ts";
import type { Context } from "../../../sandbox/stand-in.ts";

export type Payment = {
  id: string;
  reference: string;
  amount: number;
  currency: string;
  status: "open" | "pending" | "paid" | "failed" | "cancelled" | "expired";
  decline_code: string | null;
  card: { brand: string; last4: string } | null;
  description: string;
  return_url: string;
  refunded: number;
  created_at: string;
};

export type Refund = {
  id: string;
  payment: string;
  /** The shop's `REF-…`; empty for one that staff made in the dashboard. */
  reference: string;
  amount: number;
  currency: string;
  status: "pending" | "succeeded" | "failed";
  created_at: string;
};

export type Dispute = {
  id: string;
  payment: string;
  amount: number;
  currency: string;
  status: "open" | "won" | "lost";
  reason: string;
  due_by: string;
};

/** A decimal string of a control call, or `standard`, in minor units. */
export function amountOf(amount: string | undefined, standard: number, currency: string): number {
  if (amount === undefined) return standard;
  try {
    return Number(parseAmount(amount, currency));
  } catch {
    throw new Refused(400, 'amount: Enter a decimal string, such as "10.00".');
  }
}

export async function findPayment({ book }: Context, id: string): Promise<Payment | null> {
  return (await book.get<Payment>("payment", id))?.data ?? null;
}

export async function refundsOf({ book }: Context, payment: string): Promise<Refund[]> {
  return (await book.list<Refund>("refund", { parent: payment })).map(({ data }) => data);
}

/** A payment as the API and webhooks show it. */
export async function paymentView(
  context: Context,
  payment: Payment,
): Promise<Record<string, unknown>> {
  return {
    ...payment,
    url: `${context.baseUrl}/pay/${payment.id}`,
    refunds: await refundsOf(context, payment.id),
  };
}

/** A document as checks see it; our minor units and Template's are the same. */
export function ledgerOf(kind: string, data: Readonly<Record<string, unknown>>): LedgerRow | null {
  if (kind === "payment") return paymentRow(data as Payment);
  if (kind === "refund") return refundRow(data as Refund);
  return kind === "dispute" ? disputeRow(data as Dispute) : null;
}

function paymentRow({ id, reference, amount, status, refunded, currency }: Payment): LedgerRow {
  return {
    role: "charge",
    state: status === "paid" ? "succeeded" : status,
    merchantReference: reference,
    chargeId: id,
    amountMinor: BigInt(amount),
    capturedMinor: status === "paid" ? BigInt(amount) : 0n,
    refundedMinor: BigInt(refunded),
    currency,
  };
}

function refundRow({ payment, reference, amount, status, currency }: Refund): LedgerRow {
  return {
    role: "refund",
    state: status,
    merchantReference: reference,
    chargeId: payment,
    amountMinor: BigInt(amount),
    capturedMinor: 0n,
    refundedMinor: status === "failed" ? 0n : BigInt(amount),
    currency,
  };
}

function disputeRow({ payment, amount, status, currency }: Dispute): LedgerRow {
  return {
    role: "dispute",
    state: status,
    merchantReference: "",
    chargeId: payment,
    amountMinor: BigInt(amount),
    capturedMinor: 0n,
    refundedMinor: 0n,
    currency,
  };
}
