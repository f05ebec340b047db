/** What Razorpay's stand-in keeps, and how it shows it. Amounts are whole numbers of its smallest unit. */
import { randomBytes } from "node:crypto";
import { fromGatewayMinor } from "#lib/gateways/amounts";
import { currencies } from "#lib/gateways/razorpay/currencies";
import type { LedgerRow } from "../book.ts";

export type Notes = Record<string, string>;

export type Order = {
  id: string;
  amount: number;
  currency: string;
  receipt: string | null;
  status: "created" | "attempted" | "paid";
  attempts: number;
  /** `manual`: what is authorized waits for a capture; `automatic`: it is captured at once. */
  capture: "manual" | "automatic";
  notes: Notes;
  created_at: number;
};

export type Payment = {
  id: string;
  order_id: string;
  amount: number;
  currency: string;
  status: "created" | "authorized" | "captured" | "refunded" | "failed";
  method: "card" | "upi" | "netbanking";
  /** Brand and last four digits; a number is never kept. */
  card: { network: string; last4: string } | null;
  amount_refunded: number;
  /** Why it failed; null: it did not. */
  reason: string | null;
  /** The shop's `TXN-…`, from the order's notes. */
  transaction: string;
  created_at: number;
};

export type Refund = {
  id: string;
  payment_id: string;
  amount: number;
  currency: string;
  status: "pending" | "processed" | "failed";
  receipt: string | null;
  notes: Notes;
  created_at: number;
};

export type Dispute = {
  id: string;
  payment_id: string;
  amount: number;
  currency: string;
  reason_code: string;
  status: "open" | "under_review" | "won" | "lost";
  respond_by: number;
  created_at: number;
};

/** An id as Razorpay writes them: fourteen signs after the kind. */
export function newId(kind: "order" | "pay" | "rfnd" | "disp"): string {
  return `${kind}_${randomBytes(12).toString("base64url").replace(/[-_]/g, "x").slice(0, 14)}`;
}

export const seconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

/** Notes come back as an empty list where there are none. */
const notesView = (notes: Notes): Notes | [] => (Object.keys(notes).length === 0 ? [] : notes);

export function orderView(order: Order): Record<string, unknown> {
  const isPaid = order.status === "paid";
  return {
    id: order.id,
    entity: "order",
    amount: order.amount,
    amount_paid: isPaid ? order.amount : 0,
    amount_due: isPaid ? 0 : order.amount,
    currency: order.currency,
    receipt: order.receipt,
    offer_id: null,
    status: order.status,
    attempts: order.attempts,
    notes: notesView(order.notes),
    created_at: order.created_at,
  };
}

export function paymentView(payment: Payment): Record<string, unknown> {
  const { amount_refunded: refunded, amount } = payment;
  const isCaptured = payment.status === "captured" || payment.status === "refunded";
  return {
    id: payment.id,
    entity: "payment",
    amount,
    currency: payment.currency,
    status: payment.status,
    order_id: payment.order_id,
    invoice_id: null,
    international: payment.currency !== "INR",
    method: payment.method,
    amount_refunded: refunded,
    refund_status: refunded === 0 ? null : refunded < amount ? "partial" : "full",
    captured: isCaptured,
    description: null,
    card_id: null,
    ...(payment.card ? { card: { entity: "card", ...payment.card } } : {}),
    vpa: payment.method === "upi" ? "success@razorpay" : null,
    email: "shopper@example.com",
    contact: "+919000090000",
    notes: notesView(payment.transaction === "" ? {} : { transaction_id: payment.transaction }),
    fee: isCaptured ? Math.round(amount * 0.02) : null,
    tax: isCaptured ? 0 : null,
    error_code: payment.reason === null ? null : "BAD_REQUEST_ERROR",
    error_description: payment.reason === null ? null : "The payment failed.",
    error_source: payment.reason === null ? null : "bank",
    error_step: payment.reason === null ? null : "payment_authorization",
    error_reason: payment.reason,
    acquirer_data: {},
    created_at: payment.created_at,
  };
}

export function refundView(refund: Refund): Record<string, unknown> {
  return {
    id: refund.id,
    entity: "refund",
    amount: refund.amount,
    currency: refund.currency,
    payment_id: refund.payment_id,
    notes: notesView(refund.notes),
    receipt: refund.receipt,
    acquirer_data: {},
    created_at: refund.created_at,
    batch_id: null,
    status: refund.status,
    speed_requested: "normal",
    speed_processed: "normal",
  };
}

export function disputeView(dispute: Dispute): Record<string, unknown> {
  return {
    id: dispute.id,
    entity: "dispute",
    payment_id: dispute.payment_id,
    amount: dispute.amount,
    currency: dispute.currency,
    amount_deducted: dispute.status === "lost" ? dispute.amount : 0,
    reason_code: dispute.reason_code,
    respond_by: dispute.respond_by,
    status: dispute.status,
    phase: "chargeback",
    created_at: dispute.created_at,
  };
}

/** An amount of the book in the shop's minor units. */
export function minorOf(amount: number, currency: string): bigint {
  const rule = currencies[currency];
  return rule ? (fromGatewayMinor(BigInt(amount), currency, rule) ?? 0n) : 0n;
}

const chargeStates = {
  created: "pending",
  authorized: "authorized",
  captured: "succeeded",
  refunded: "succeeded",
  failed: "failed",
} as const satisfies Record<Payment["status"], string>;
const refundStates = { pending: "pending", processed: "succeeded", failed: "failed" } as const;

/** The book's row of a payment, refund or dispute. */
export function ledgerOf(kind: string, data: Readonly<Record<string, unknown>>): LedgerRow | null {
  if (kind === "payment") {
    const payment = data as Payment;
    const { id, amount, currency, status } = payment;
    const isCaptured = status === "captured" || status === "refunded";
    return {
      role: "charge",
      state: chargeStates[status],
      merchantReference: payment.transaction,
      chargeId: id,
      amountMinor: minorOf(amount, currency),
      capturedMinor: isCaptured ? minorOf(amount, currency) : 0n,
      refundedMinor: minorOf(payment.amount_refunded, currency),
      currency,
    };
  }
  if (kind !== "refund" && kind !== "dispute") return null;
  const { payment_id: chargeId, amount, currency, status } = data as Refund | Dispute;
  const common = { chargeId, amountMinor: minorOf(amount, currency), currency };
  const none = { capturedMinor: 0n, refundedMinor: 0n };
  return kind === "refund"
    ? {
        ...common,
        ...none,
        role: "refund",
        state: refundStates[status as Refund["status"]],
        merchantReference: (data as Refund).notes["refund_id"] ?? "",
      }
    : { ...common, ...none, role: "dispute", state: status, merchantReference: "" };
}
