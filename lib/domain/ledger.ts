import { randomUUID } from "node:crypto";

/** Debits positive, credits negative, in minor units. */
export type NewEntry = { account: string; amountMinor: bigint; currency: string };

export type NewJournal = {
  id: string;
  kind: "capture" | "refund";
  sourceId: string;
  transactionPk: number;
  entries: NewEntry[];
};

type Movement = {
  /** `TXN-…` for a capture, `REF-…` for a refund. */
  sourceId: string;
  transactionPk: number;
  gateway: string;
  amountMinor: bigint;
  currency: string;
};

/** The gateway owes us what it took for us; the sale is revenue. */
export function captureJournal(movement: Movement): NewJournal {
  return journal("capture", movement, movement.amountMinor);
}

/** The gateway owes us less; the sale is partly or wholly undone. */
export function refundJournal(movement: Movement): NewJournal {
  return journal("refund", movement, -movement.amountMinor);
}

function journal(kind: NewJournal["kind"], movement: Movement, receivable: bigint): NewJournal {
  const { sourceId, transactionPk, gateway, currency } = movement;
  const contra = kind === "capture" ? "sales" : "refunds";
  return {
    id: randomUUID(),
    kind,
    sourceId,
    transactionPk,
    entries: [
      { account: `gateway_receivable:${gateway}`, amountMinor: receivable, currency },
      { account: contra, amountMinor: -receivable, currency },
    ],
  };
}
