import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import {
  lockWebhookEvent,
  reopenWebhookEvent,
  type WebhookEventRecord,
} from "../db/webhook-events.ts";
import type { Viewer } from "../domain/actor.ts";
import { notFound, PaymentError } from "../domain/errors.ts";
import type { WebhookState } from "../domain/webhook.ts";
import { sendJob } from "../jobs/send-job.ts";
import { requireMoneyMover } from "../payments/access.ts";

const replayable: readonly WebhookState[] = ["dead", "parked", "ignored"];

/**
 * Has an event processed again that came to nothing. Its case, if it has one, ends once it is processed.
 * Throws `forbidden`, `not_found`, and `conflict` where it was processed or is being tried anyway.
 */
export async function replayWebhook(
  viewer: Viewer,
  webhookEventId: number,
): Promise<WebhookEventRecord> {
  requireMoneyMover(viewer);
  return inTransaction(async (tx) => {
    const event = await lockWebhookEvent(tx, webhookEventId);
    if (!event) throw notFound();
    if (!replayable.includes(event.state)) {
      const how = event.state === "processed" ? "has been processed" : "waits to be processed";
      throw new PaymentError("conflict", `This webhook ${how}.`);
    }
    const reopened = await reopenWebhookEvent(tx, webhookEventId);
    await recordAudit(tx, {
      entity: "webhook",
      entityId: String(webhookEventId),
      action: "replayed",
      actor: viewer,
      fromStatus: event.state,
      toStatus: reopened.state,
    });
    await sendJob(tx, "process-webhook", { webhookEventId, replayedById: viewer.userId });
    return reopened;
  });
}
