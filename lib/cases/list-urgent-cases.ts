import { countOpenCases, selectUrgentCases, type CaseRecord } from "../db/cases.ts";
import type { Viewer } from "../domain/actor.ts";
import { alertKinds, caseKinds, type CaseKind } from "../domain/case.ts";
import { requireStaffViewer } from "../payments/access.ts";
import { pageOf, readCursor, type Page } from "../payments/paging.ts";

/** What waits for a person, the most urgent first. Staff only. */
export async function listUrgentCases(
  viewer: Viewer,
  query: { limit: number; cursor?: string | undefined; kind?: CaseKind | undefined },
): Promise<Page<CaseRecord>> {
  requireStaffViewer(viewer);
  const { limit, cursor, kind } = query;
  const rows = await selectUrgentCases({ limit: limit + 1, afterId: readCursor(cursor), kind });
  return pageOf(rows, limit);
}

export type OpenCaseCounts = {
  total: number;
  byKind: Partial<Record<CaseKind, number>>;
  /** Kinds that say that the books or the audit are broken, of which one is open. */
  alerts: CaseKind[];
};

/** How much waits for a person. Staff only. */
export async function countCases(viewer: Viewer): Promise<OpenCaseCounts> {
  requireStaffViewer(viewer);
  const byKind = await countOpenCases();
  return {
    total: caseKinds.reduce((sum, kind) => sum + (byKind[kind] ?? 0), 0),
    byKind,
    alerts: alertKinds.filter((kind) => (byKind[kind] ?? 0) > 0),
  };
}
