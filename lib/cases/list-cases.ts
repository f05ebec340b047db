import { selectCases, type CaseRecord } from "../db/cases.ts";
import type { Viewer } from "../domain/actor.ts";
import type { CaseKind } from "../domain/case.ts";
import { requireStaffViewer } from "../payments/access.ts";
import { pageOf, readCursor, type Page } from "../payments/paging.ts";

export type ListCases = {
  limit: number;
  cursor?: string | undefined;
  status?: CaseRecord["status"] | undefined;
  kind?: CaseKind | undefined;
  /** `TXN-…` */
  transactionId?: string | undefined;
};

/** What waits for a person, or did, newest first. Staff only. */
export async function listCases(viewer: Viewer, query: ListCases): Promise<Page<CaseRecord>> {
  requireStaffViewer(viewer);
  const { limit, cursor, status, kind, transactionId } = query;
  const rows = await selectCases({
    limit: limit + 1,
    beforeId: readCursor(cursor),
    status,
    kinds: kind && [kind],
    transactionId,
  });
  return pageOf(rows, limit);
}
