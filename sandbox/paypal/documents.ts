/** What PayPal keeps of payments, and what its API shows of it. */
import { randomInt } from "node:crypto";
import type { LedgerRow } from "../book.ts";
import type { Context } from "../stand-in.ts";
import { feeOf, minorOf, moneyOf, type Money } from "./money.ts";

/** What the buyer pays from: `declined` is refused when it is captured, `echeck` clears later. */
export type Funding = "balance" | "declined" | "echeck";

type Kept = {
  id: string;
  created: string;
  updated: string;
  /** When something happens to it by itself. */
  due: string | null;
};

export type Order = Kept & {
  intent: "CAPTURE" | "AUTHORIZE";
  /** `EXPIRED` is shown as an order that does not exist. */
  status: "CREATED" | "PAYER_ACTION_REQUIRED" | "APPROVED" | "COMPLETED" | "VOIDED" | "EXPIRED";
  unit: {
    reference_id: string;
    amount: Money;
    description?: string;
    custom_id?: string;
    invoice_id?: string;
  };
  usesWallet: boolean;
  returnUrl: string | null;
  cancelUrl: string | null;
  brand: string;
  funding: Funding | null;
};

export type Authorization = Kept & {
  order: string;
  status: "CREATED" | "CAPTURED" | "PARTIALLY_CAPTURED" | "VOIDED" | "PENDING" | "DENIED";
  amount: Money;
  custom_id: string;
  invoice_id: string;
  expires: string;
  honored: string;
};

export type Capture = Kept & {
  order: string;
  authorization: string | null;
  status: "COMPLETED" | "PENDING" | "DECLINED" | "PARTIALLY_REFUNDED" | "REFUNDED";
  reason: string | null;
  amount: Money;
  final: boolean;
  custom_id: string;
  invoice_id: string;
  /** Refunds that are made or under way. */
  refunded: Money;
};

export type Refund = Kept & {
  order: string;
  capture: string;
  status: "COMPLETED" | "PENDING" | "FAILED";
  amount: Money;
  total: Money;
  custom_id: string;
  invoice_id: string;
  note: string;
};

export type Dispute = Kept & {
  capture: string;
  custom_id: string;
  amount: Money;
  gross: Money;
  reason: string;
  status: "WAITING_FOR_SELLER_RESPONSE" | "UNDER_REVIEW" | "RESOLVED";
  outcome: "RESOLVED_SELLER_FAVOUR" | "RESOLVED_BUYER_FAVOUR" | null;
  respondBy: string;
};

export type Documents = {
  order: Order;
  authorization: Authorization;
  capture: Capture;
  refund: Refund;
  dispute: Dispute;
};

const letters = "23456789ABCDEFGHJKLMNPRSTUVWXY";

/** An id as PayPal's are: capitals and digits. */
export function newId(length = 17): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

/** A time as PayPal writes it, to the second. */
export function timeText(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

export function later(at: Date, ms: number): string {
  return new Date(at.getTime() + ms).toISOString();
}

/** Writes a document, with its times. */
export async function keep<K extends keyof Documents>(
  { book, now }: Context,
  kind: K,
  document: Documents[K],
): Promise<Documents[K]> {
  const written = { ...document, updated: timeText(now) };
  const parent =
    "capture" in document ? document.capture : "order" in document ? document.order : null;
  await book.save(kind, document.id, written, {
    ...(parent === null ? {} : { parent }),
    ...(document.due === null ? {} : { dueAt: new Date(document.due) }),
  });
  return written;
}

export async function find<K extends keyof Documents>(
  { book }: Context,
  kind: K,
  id: string,
): Promise<Documents[K] | null> {
  return (await book.get<Documents[K]>(kind, id))?.data ?? null;
}

/** Those of an order (or capture), oldest first. */
export async function childrenOf<K extends "authorization" | "capture" | "refund">(
  { book }: Context,
  kind: K,
  parent: string,
): Promise<Documents[K][]> {
  const rows = await book.list<Documents[K]>(kind, { parent, oldestFirst: true });
  return rows.map(({ data }) => data);
}

const states: Readonly<Record<string, string>> = {
  CREATED: "authorized",
  COMPLETED: "succeeded",
  PARTIALLY_REFUNDED: "succeeded",
  REFUNDED: "succeeded",
  PENDING: "pending",
  DECLINED: "failed",
  DENIED: "failed",
  FAILED: "failed",
  VOIDED: "voided",
  CAPTURED: "captured",
};

type Ledgers = {
  [K in keyof Documents]: (document: Documents[K]) => Pick<
    LedgerRow,
    "role" | "state" | "merchantReference" | "chargeId"
  > & {
    amount: Money;
    captured?: Money | null;
    refunded?: Money;
  };
};

/** An order takes no money itself, and is found by the shop's reference. */
const ledgers: Ledgers = {
  order: ({ id, status, unit }) => ({
    role: "charge",
    state: status === "COMPLETED" ? "captured" : status.toLowerCase(),
    merchantReference: unit.custom_id ?? "",
    chargeId: id,
    amount: unit.amount,
  }),
  authorization: ({ id, status, custom_id, amount }) => ({
    role: "charge",
    state: states[status] ?? status,
    merchantReference: custom_id,
    chargeId: id,
    amount,
  }),
  capture: ({ id, status, custom_id, amount, refunded }) => ({
    role: "charge",
    state: states[status] ?? status,
    merchantReference: custom_id,
    chargeId: id,
    amount,
    captured: states[status] === "succeeded" ? amount : null,
    refunded,
  }),
  refund: ({ capture, status, custom_id, amount }) => ({
    role: "refund",
    state: states[status] ?? status,
    merchantReference: custom_id,
    chargeId: capture,
    amount,
  }),
  dispute: ({ capture, status, outcome, amount }) => ({
    role: "dispute",
    state: outcome?.toLowerCase() ?? status.toLowerCase(),
    merchantReference: "",
    chargeId: capture,
    amount,
  }),
};

export function ledgerOf(kind: string, data: Readonly<Record<string, unknown>>): LedgerRow | null {
  const read = Object.hasOwn(ledgers, kind) ? ledgers[kind as keyof Documents] : null;
  if (!read) return null;
  const row = (read as (document: unknown) => ReturnType<Ledgers["capture"]>)(data);
  const { role, state, merchantReference, chargeId, amount } = row;
  return {
    role,
    state,
    merchantReference,
    chargeId,
    amountMinor: minorOf(amount),
    capturedMinor: row.captured ? minorOf(row.captured) : 0n,
    refundedMinor: row.refunded ? minorOf(row.refunded) : 0n,
    currency: amount.currency_code,
  };
}

/** What of a capture is not refunded yet. */
export function refundableOf({ amount, refunded }: Capture): Money {
  return moneyOf(minorOf(amount) - minorOf(refunded), amount.currency_code);
}

/** What comes of a capture after the fee. */
export function breakdownOf(amount: Money): Record<string, Money> {
  const fee = feeOf(amount);
  return {
    gross_amount: amount,
    paypal_fee: fee,
    net_amount: moneyOf(minorOf(amount) - minorOf(fee), amount.currency_code),
  };
}
