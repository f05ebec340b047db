import { randomUUID } from "node:crypto";
import type { DisputeStatus } from "./payment.ts";

/** Debits positive, credits negative, in minor units. */
export type NewEntry = { account: string; amountMinor: bigint; currency: string };

export type NewJournal = {
  id: string;
  kind: "capture" | "refund" | "refund_failed" | "dispute";
  sourceId: string;
  transactionPk: number;
  entries: NewEntry[];
};

type Movement = {
  /** `TXN-…` or a capture's operation id, `REF-…`, or `DSP-…/n` for the n-th turn of a dispute. */
  sourceId: string;
  transactionPk: number;
  gateway: string;
  amountMinor: bigint;
  currency: string;
};

/** The gateway owes us what it took for us; the sale is revenue. */
export function captureJournal(movement: Movement): NewJournal {
  return journal("capture", movement, { receivable: 1n, sales: -1n });
}

/** The gateway owes us less; the sale is partly or wholly undone. */
export function refundJournal(movement: Movement): NewJournal {
  return journal("refund", movement, { receivable: -1n, refunds: 1n });
}

/** A refund that had been booked failed after all: the gateway owes us its amount again. */
export function refundFailedJournal(movement: Movement): NewJournal {
  return journal("refund_failed", movement, { receivable: 1n, refunds: -1n });
}

type Account = "receivable" | "sales" | "refunds" | "disputes_held" | "dispute_losses";
type Shares = Partial<Record<Account, bigint>>;

/** Where the disputed money stands in the books, by the dispute's status. */
function standing(status: DisputeStatus | null): Shares {
  switch (status) {
    case "needs_response":
    case "under_review":
      return { receivable: -1n, disputes_held: 1n };
    case "lost":
      return { receivable: -1n, dispute_losses: 1n };
    case "won":
    case null:
      return {};
  }
}

/**
 * The turn of a dispute from one status to another: held back when it opens, ours again when it is won,
 * a loss when it is lost. Null where no money changes its place.
 */
export function disputeJournal(
  movement: Movement,
  from: DisputeStatus | null,
  to: DisputeStatus,
): NewJournal | null {
  const [before, after] = [standing(from), standing(to)];
  const accounts = ["receivable", "disputes_held", "dispute_losses"] as const;
  const shares: Shares = {};
  for (const account of accounts) {
    const change = (after[account] ?? 0n) - (before[account] ?? 0n);
    if (change !== 0n) shares[account] = change;
  }
  return Object.keys(shares).length === 0 ? null : journal("dispute", movement, shares);
}

function journal(kind: NewJournal["kind"], movement: Movement, shares: Shares): NewJournal {
  const { sourceId, transactionPk, gateway, amountMinor, currency } = movement;
  return {
    id: randomUUID(),
    kind,
    sourceId,
    transactionPk,
    entries: Object.entries(shares).map(([account, share]) => ({
      account: account === "receivable" ? `gateway_receivable:${gateway}` : account,
      amountMinor: share * amountMinor,
      currency,
    })),
  };
}
