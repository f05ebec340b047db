/**
 * What Stripe's stand-in keeps: the objects as Stripe shows them, and under `sandbox` what it knows of
 * them besides, which is never shown. Amounts are in Stripe's units.
 */
import type { LedgerRow } from "../book.ts";
import type { Context } from "../stand-in.ts";
import { toShopMinor } from "./amounts.ts";
import { missing } from "./answers.ts";
import type { Behaviour } from "./test-cards.ts";

type Metadata = Record<string, string>;
type Json = Record<string, unknown>;

export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "processing"
  | "requires_capture"
  | "succeeded"
  | "canceled";

export type PaymentIntent = {
  id: string;
  object: "payment_intent";
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: IntentStatus;
  capture_method: "automatic" | "automatic_async" | "manual";
  client_secret: string;
  customer: string | null;
  description: string | null;
  receipt_email: string | null;
  setup_future_usage: "off_session" | "on_session" | null;
  last_payment_error: Json | null;
  latest_charge: string | null;
  metadata: Metadata;
  next_action: Json | null;
  payment_method: string | null;
  automatic_payment_methods: { enabled: boolean; allow_redirects: "always" | "never" } | null;
  cancellation_reason: string | null;
  canceled_at: number | null;
  created: number;
  sandbox: {
    refunded: number;
    /** Opens the page on which the bank asks the shopper, once. */
    attempt: string | null;
    returnUrl: string | null;
    /** What is under way while the status is `processing`. */
    late: { kind: "confirm" } | { kind: "capture"; amount: number } | null;
    /** When the intent comes to its time, by the gateway's clock. */
    dueAt: string | null;
  };
} & Json;

export type Charge = {
  id: string;
  object: "charge";
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  status: "succeeded" | "pending" | "failed";
  captured: boolean;
  paid: boolean;
  refunded: boolean;
  disputed: boolean;
  balance_transaction: string | null;
  payment_intent: string;
  payment_method: string;
  metadata: Metadata;
  created: number;
  sandbox: {
    refund: Behaviour["refund"];
    dispute: Behaviour["dispute"];
    dueAt: string | null;
  };
} & Json;

export type Refund = {
  id: string;
  object: "refund";
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
  reason: string | null;
  metadata: Metadata;
  balance_transaction: string | null;
  created: number;
  sandbox: { then: "succeeds" | "fails" | null; dueAt: string | null };
} & Json;

export type PaymentMethod = {
  id: string;
  object: "payment_method";
  type: "card";
  card: { brand: string; last4: string; exp_month: number; exp_year: number } & Json;
  customer: string | null;
  metadata: Metadata;
  created: number;
  sandbox: Behaviour;
} & Json;

export type Customer = {
  id: string;
  object: "customer";
  email: string | null;
  name: string | null;
  metadata: Metadata;
  created: number;
} & Json;

export type SetupIntent = {
  id: string;
  object: "setup_intent";
  status:
    | "requires_payment_method"
    | "requires_confirmation"
    | "requires_action"
    | "succeeded"
    | "canceled";
  client_secret: string;
  customer: string | null;
  payment_method: string | null;
  next_action: Json | null;
  last_setup_error: Json | null;
  metadata: Metadata;
  created: number;
  sandbox: { attempt: string | null; returnUrl: string | null };
} & Json;

export type Dispute = {
  id: string;
  object: "dispute";
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  status: string;
  reason: string;
  balance_transactions: Json[];
  metadata: Metadata;
  created: number;
  sandbox: { merchantReference: string };
} & Json;

export type Kinds = {
  payment_intent: PaymentIntent;
  charge: Charge;
  refund: Refund;
  payment_method: PaymentMethod;
  customer: Customer;
  setup_intent: SetupIntent;
  dispute: Dispute;
  balance_transaction: { id: string } & Json;
  event: { id: string } & Json;
};
export type Kind = keyof Kinds;

/** Which object each expandable field names. */
export const expandable: Readonly<Record<string, Kind>> = {
  latest_charge: "charge",
  charge: "charge",
  payment_intent: "payment_intent",
  balance_transaction: "balance_transaction",
  failure_balance_transaction: "balance_transaction",
  payment_method: "payment_method",
  customer: "customer",
};

const words: Readonly<Record<Kind, string>> = {
  payment_intent: "payment_intent",
  charge: "charge",
  refund: "refund",
  payment_method: "PaymentMethod",
  customer: "customer",
  setup_intent: "setupintent",
  dispute: "dispute",
  balance_transaction: "balance transaction",
  event: "event",
};

/** An object of the book; 404 where there is none. */
export async function find<K extends Kind>(
  { book }: Context,
  kind: K,
  id: string,
  param = "id",
): Promise<Kinds[K]> {
  const found = await book.get<Kinds[K]>(kind, id);
  if (!found) throw missing(words[kind], id, param);
  return found.data;
}

export async function save<K extends Kind>(
  { book }: Context,
  kind: K,
  data: Kinds[K],
  parent?: string,
): Promise<void> {
  const known = data["sandbox"] as { dueAt?: string | null } | undefined;
  await book.save(kind, data.id, data, {
    ...(parent === undefined ? {} : { parent }),
    ...(known?.dueAt ? { dueAt: new Date(known.dueAt) } : {}),
  });
}

/** An object as Stripe shows it. */
export function shown(data: Json): Json {
  const { sandbox: _sandbox, ...rest } = data;
  return rest;
}

export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

export function after({ now }: Context, ms: number): Date {
  return new Date(now.getTime() + ms);
}

export function laterBy({ now }: Context, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}

/** A document as checks see it. */
export function ledgerOf(kind: string, data: Readonly<Json>): LedgerRow | null {
  if (kind === "payment_intent") return intentRow(data as PaymentIntent);
  if (kind === "refund") return refundRow(data as Refund);
  return kind === "dispute" ? disputeRow(data as Dispute) : null;
}

function stateOf({ status, last_payment_error }: PaymentIntent): string {
  switch (status) {
    case "succeeded":
      return "succeeded";
    case "requires_capture":
      return "authorized";
    case "canceled":
      return "voided";
    case "requires_payment_method":
      return last_payment_error ? "failed" : "pending";
    default:
      return "pending";
  }
}

function intentRow(intent: PaymentIntent): LedgerRow {
  const { id, amount, amount_received, currency, metadata, sandbox } = intent;
  return {
    role: "charge",
    state: stateOf(intent),
    merchantReference: metadata["transaction_id"] ?? "",
    chargeId: id,
    amountMinor: toShopMinor(amount, currency),
    capturedMinor: toShopMinor(amount_received, currency),
    refundedMinor: toShopMinor(sandbox.refunded, currency),
    currency: currency.toUpperCase(),
  };
}

function refundRow({ payment_intent, amount, currency, metadata, status }: Refund): LedgerRow {
  const isOff = status === "failed" || status === "canceled";
  const amountMinor = toShopMinor(amount, currency);
  return {
    role: "refund",
    state: isOff ? "failed" : status === "succeeded" ? "succeeded" : "pending",
    merchantReference: metadata["refund_id"] ?? "",
    chargeId: payment_intent,
    amountMinor,
    capturedMinor: 0n,
    refundedMinor: isOff ? 0n : amountMinor,
    currency: currency.toUpperCase(),
  };
}

function disputeRow(dispute: Dispute): LedgerRow {
  const { payment_intent, amount, currency, status, sandbox } = dispute;
  return {
    role: "dispute",
    state: status,
    merchantReference: sandbox.merchantReference,
    chargeId: payment_intent,
    amountMinor: toShopMinor(amount, currency),
    capturedMinor: 0n,
    refundedMinor: 0n,
    currency: currency.toUpperCase(),
  };
}
