import { selectWebhookEvents, type WebhookEventRecord } from "../db/webhook-events.ts";
import type { Viewer } from "../domain/actor.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { WebhookState } from "../domain/webhook.ts";
import { requireStaffViewer } from "../payments/access.ts";
import { pageOf, readCursor, type Page } from "../payments/paging.ts";

/** What gateways told us, newest first; for staff. Throws `forbidden`. */
export async function listWebhookEvents(
  viewer: Viewer,
  query: {
    limit: number;
    cursor?: string | undefined;
    state?: WebhookState | undefined;
    gateway?: GatewayName | undefined;
    transactionId?: string | undefined;
  },
): Promise<Page<WebhookEventRecord>> {
  requireStaffViewer(viewer);
  const { limit, cursor, ...filter } = query;
  const rows = await selectWebhookEvents({
    ...filter,
    limit: limit + 1,
    beforeId: readCursor(cursor),
  });
  return pageOf(rows, limit);
}
