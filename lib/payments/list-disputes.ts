import type { Viewer } from "../domain/actor.ts";
import type { DisputeStatus } from "../domain/payment.ts";
import { selectDisputes, selectOpenDisputes, type DisputeRecord } from "../db/disputes.ts";
import { requireStaffViewer } from "./access.ts";
import { pageOf, readCursor, type Page } from "./paging.ts";

/** Every dispute, newest first. Staff only. */
export async function listDisputes(
  viewer: Viewer,
  query: { limit: number; cursor?: string | undefined; status?: DisputeStatus | undefined },
): Promise<Page<DisputeRecord>> {
  requireStaffViewer(viewer);
  const { limit, cursor, status } = query;
  const rows = await selectDisputes({ limit: limit + 1, beforeId: readCursor(cursor), status });
  return pageOf(rows, limit);
}

// More open disputes than this are a crisis that a list does not help with.
const maxOpen = 200;

/** Disputes that are not decided, the one with the nearest deadline first. Staff only. */
export async function listOpenDisputes(viewer: Viewer): Promise<DisputeRecord[]> {
  requireStaffViewer(viewer);
  return selectOpenDisputes(maxOpen);
}
