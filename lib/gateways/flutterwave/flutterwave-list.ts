// Flutterwave's list of transactions with their refunds, for reconciliation.
import { fromGatewayDecimal } from "../amounts.ts";
import type { GatewayAccount, ListedCharge } from "../gateway.ts";
import {
  ownReference,
  refundRowSchema,
  refundState,
  transactionSchema,
  type RefundRow,
  type Transaction,
} from "./flutterwave-outcomes.ts";
import { readPages } from "./flutterwave-pages.ts";

const dayMs = 86_400_000;

/**
 * Every transaction of a time, oldest first, a day a page: Flutterwave lists the newest first and filters
 * by whole days, so a day is read to its end and turned round. Throws where a list cannot be read.
 */
export async function* listCharges(
  account: GatewayAccount,
  { from, until }: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  const refunds = await readRefunds(account, from);
  // A day more at either end: the days are the service's, wherever its midnight is.
  const last = until.getTime() + dayMs;
  const seen = new Set<string>();
  for (let at = from.getTime() - dayMs; at <= last; at += dayMs) {
    const ofDay = (await readDay(account, new Date(at)))
      .filter(({ id, created_at }) => created_at >= from && created_at < until && !seen.has(id))
      .map((transaction) => listedCharge(transaction, refunds.get(transaction.id) ?? []));
    for (const { reference } of ofDay) seen.add(reference);
    if (ofDay.length > 0) yield ofDay;
  }
}

async function readDay(account: GatewayAccount, day: Date): Promise<Transaction[]> {
  const found = new Map<string, Transaction>();
  const range = { from: day, to: day };
  for await (const rows of readPages(account, "/transactions", range, transactionSchema)) {
    for (const row of rows) found.set(row.id, row);
  }
  return [...found.values()].sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
}

/** Refunds made since then, by their charge. */
async function readRefunds(account: GatewayAccount, from: Date): Promise<Map<string, RefundRow[]>> {
  const range = {
    from: new Date(from.getTime() - dayMs),
    to: new Date(Math.max(Date.now(), from.getTime()) + dayMs),
  };
  const seen = new Set<string>();
  const found = new Map<string, RefundRow[]>();
  for await (const rows of readPages(account, "/refunds", range, refundRowSchema)) {
    for (const row of rows) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      found.set(row.chargeReference, [...(found.get(row.chargeReference) ?? []), row]);
    }
  }
  return found;
}

function minorOf(amount: string, currency: string): bigint {
  const minor = fromGatewayDecimal(amount, currency);
  if (minor === null) throw new Error("Flutterwave's list names an amount that cannot be read.");
  return minor;
}

function listedCharge(transaction: Transaction, rows: readonly RefundRow[]): ListedCharge {
  const { id, tx_ref, amount, currency, status, created_at } = transaction;
  const amountMinor = minorOf(amount, currency);
  const refunds = rows.map((row) => ({
    reference: row.id,
    merchantReference: ownReference(row.note) ?? "",
    status: refundState(row.status) ?? ("pending" as const),
    amountMinor: minorOf(row.amount, currency),
    createdAt: row.createdAt ?? created_at,
  }));
  const isPaid = status === "successful";
  return {
    reference: id,
    merchantReference: tx_ref,
    status: isPaid ? "succeeded" : "other",
    amountMinor,
    capturedMinor: isPaid ? amountMinor : 0n,
    refundedMinor: refunds
      .filter((row) => row.status === "succeeded")
      .reduce((sum, row) => sum + row.amountMinor, 0n),
    currency,
    createdAt: created_at,
    refunds,
  };
}
