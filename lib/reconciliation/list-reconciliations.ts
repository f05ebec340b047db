import { selectRuns, type ReconciliationRunRecord } from "../db/reconciliation.ts";
import type { Viewer } from "../domain/actor.ts";
import type { GatewayName } from "../domain/payment.ts";
import { requireStaffViewer } from "../payments/access.ts";
import { pageOf, readCursor, type Page } from "../payments/paging.ts";

/** Every comparison with a gateway's list, newest first. Staff only. */
export async function listReconciliations(
  viewer: Viewer,
  query: { limit: number; cursor?: string | undefined; gateway?: GatewayName | undefined },
): Promise<Page<ReconciliationRunRecord>> {
  requireStaffViewer(viewer);
  const { limit, cursor, gateway } = query;
  const rows = await selectRuns({ limit: limit + 1, beforeId: readCursor(cursor), gateway });
  return pageOf(rows, limit);
}
