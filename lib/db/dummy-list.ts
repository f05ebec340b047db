import type { DummyCharge, DummyRefund } from "#db-client";
import { bookDb } from "./client.ts";
import { endDueCharges } from "./dummy-book.ts";
import { endDueHoldMoves } from "./dummy-holds.ts";
import { endDueRefunds } from "./dummy-refunds.ts";

export type ListedDummyCharge = DummyCharge & { refunds: DummyRefund[] };

/** Ends whatever of the book has come to its time by the gateway's clock, and tells of it. */
export async function endAllDue(): Promise<void> {
  await endDueCharges(null);
  await endDueHoldMoves(null);
  await endDueRefunds(null);
}

/**
 * Charges made from `from` to before `until`, by time and then reference, those after `after`; each with
 * its refunds, oldest first, as they are by now.
 */
export async function listDummyCharges(
  { from, until }: { from: Date; until: Date },
  after: { createdAt: Date; reference: string } | undefined,
  limit: number,
): Promise<ListedDummyCharge[]> {
  if (!after) await endAllDue();
  const isAfter = after && {
    OR: [
      { createdAt: { gt: after.createdAt } },
      { createdAt: after.createdAt, reference: { gt: after.reference } },
    ],
  };
  return bookDb().dummyCharge.findMany({
    where: { createdAt: { gte: from, lt: until }, ...isAfter },
    include: { refunds: { orderBy: [{ createdAt: "asc" }, { reference: "asc" }] } },
    orderBy: [{ createdAt: "asc" }, { reference: "asc" }],
    take: limit,
  });
}
