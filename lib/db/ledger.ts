import { db, type Tx } from "./client.ts";
import type { NewJournal } from "../domain/ledger.ts";

export type LedgerLine = {
  at: Date;
  kind: string;
  sourceId: string;
  account: string;
  amountMinor: bigint;
  currency: string;
};

/**
 * Writes a journal with its entries. A second one of the same kind and source is refused by a unique
 * index, an unbalanced one by a trigger at commit.
 */
export async function insertJournal(tx: Tx, journal: NewJournal): Promise<void> {
  const { entries, ...data } = journal;
  await tx.journal.create({ data });
  await tx.ledgerEntry.createMany({
    data: entries.map((entry) => ({ ...entry, journalId: journal.id })),
  });
}

/** All entries about one transaction, oldest first. */
export async function findLedgerLines(transactionPk: number): Promise<LedgerLine[]> {
  const rows = await db().ledgerEntry.findMany({
    where: { journal: { transactionPk } },
    include: { journal: true },
    orderBy: { id: "asc" },
  });
  return rows.map((row) => ({
    at: row.journal.createdAt,
    kind: row.journal.kind,
    sourceId: row.journal.sourceId,
    account: row.account,
    amountMinor: row.amountMinor,
    currency: row.currency,
  }));
}

/** How many journals of a kind one source has, all its turns (`DSP-…/2`) counted. */
export function countJournals(tx: Tx, kind: NewJournal["kind"], sourceId: string): Promise<number> {
  return tx.journal.count({
    where: { kind, OR: [{ sourceId }, { sourceId: { startsWith: `${sourceId}/` } }] },
  });
}
