// Stripe's list of payment intents with their refunds, for reconciliation.
import type { GatewayAccount, ListedCharge } from "../gateway.ts";
import { callStripe } from "./stripe-api.ts";
import {
  intentSchema,
  minorOf,
  refundSchema,
  type Intent,
  type Refund,
} from "./stripe-outcomes.ts";

const dayMs = 86_400_000;
// Of a day; more are not held at once.
const mostRows = 100_000;

type ListedRefund = ListedCharge["refunds"][number];

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

/**
 * Every payment intent of a time, oldest first, a day a page: Stripe lists the newest first, so a day is
 * read to its end and turned round. Throws where a list cannot be read.
 */
export async function* listCharges(
  account: GatewayAccount,
  { from, until }: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  const refunds = await readRefunds(account, from);
  for (let at = from.getTime(); at < until.getTime(); at += dayMs) {
    const end = new Date(Math.min(at + dayMs, until.getTime()));
    const intents = await readIntents(account, new Date(at), end);
    const page = intents.map((intent) => listedCharge(intent, refunds.get(intent.id) ?? []));
    if (page.length > 0) yield page.reverse();
  }
}

/** Both ends are whole seconds, as Stripe keeps its times; the last is left out. */
async function readIntents(account: GatewayAccount, from: Date, until: Date): Promise<Intent[]> {
  const created = { gte: seconds(from), lt: seconds(until) };
  const answer = await callStripe(account, (stripe) =>
    everyRow(stripe.paymentIntents.list({ created, limit: 100, expand: ["data.latest_charge"] })),
  );
  if (answer.kind !== "success" || answer.data.length >= mostRows) throw unreadable();
  return answer.data.map((intent) => intentSchema.parse(intent));
}

/** Refunds made since then, by their payment intent. */
async function readRefunds(account: GatewayAccount, from: Date): Promise<Map<string, Refund[]>> {
  const answer = await callStripe(account, (stripe) =>
    everyRow(stripe.refunds.list({ created: { gte: seconds(from) }, limit: 100 })),
  );
  if (answer.kind !== "success" || answer.data.length >= mostRows) throw unreadable();
  const found = new Map<string, Refund[]>();
  for (const row of answer.data) {
    const refund = refundSchema.parse(row);
    const { payment_intent: intent } = refund;
    if (intent) found.set(intent, [...(found.get(intent) ?? []), refund]);
  }
  return found;
}

/** A list to its end, page after page. */
async function everyRow<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) {
    found.push(row);
    if (found.length >= mostRows) break;
  }
  return found;
}

const unreadable = (): Error => new Error("Stripe's list cannot be read.");

function ourMinor(amount: bigint, currency: string): bigint {
  const minor = minorOf(amount, currency);
  if (minor === null) throw unreadable();
  return minor;
}

const refundStates: Readonly<Record<string, ListedRefund["status"]>> = {
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
};

function listedRefund({ id, metadata, status, amount, currency, created }: Refund): ListedRefund {
  return {
    reference: id,
    merchantReference: metadata["refund_id"] ?? "",
    status: refundStates[status ?? ""] ?? "pending",
    amountMinor: ourMinor(amount, currency),
    createdAt: created,
  };
}

function listedCharge(intent: Intent, rows: readonly Refund[]): ListedCharge {
  const { id, metadata, status, amount, amount_received, currency, created } = intent;
  const refunds = rows.map(listedRefund);
  const isHeld = status === "requires_capture";
  return {
    reference: id,
    merchantReference: metadata["transaction_id"] ?? "",
    status: isHeld ? "authorized" : status === "succeeded" ? "succeeded" : "other",
    amountMinor: ourMinor(amount, currency),
    capturedMinor: ourMinor(amount_received, currency),
    refundedMinor: refunds
      .filter((refund) => refund.status === "succeeded")
      .reduce((sum, refund) => sum + refund.amountMinor, 0n),
    currency,
    createdAt: created,
    refunds,
  };
}
