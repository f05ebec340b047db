import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { selectRefunds, type RefundRecord } from "../db/refunds.ts";
import { ownerScope } from "./access.ts";
import { pageOf, readCursor, type Page } from "./paging.ts";

/** Refunds of a person's own transactions, or everybody's for staff, newest first. */
export async function listRefunds(
  viewer: Viewer,
  query: { limit: number; cursor?: string | undefined; transactionId?: string | undefined },
): Promise<Page<RefundRecord>> {
  const rows = await selectRefunds({
    limit: query.limit + 1,
    beforeId: readCursor(query.cursor),
    ownerId: ownerScope(viewer) ?? undefined,
    transactionId: query.transactionId,
  });
  return pageOf(rows, query.limit);
}

/** One refund. Throws `not_found`, for another person's as for one that is not there. */
export async function getRefund(viewer: Viewer, refundId: string): Promise<RefundRecord> {
  const [refund] = await selectRefunds({
    limit: 1,
    ownerId: ownerScope(viewer) ?? undefined,
    refundId,
  });
  if (!refund) throw notFound();
  return refund;
}
