import { db } from "../db/client.ts";
import { calls } from "../http/calls.ts";
import { route } from "../http/route.ts";
import { receiveWebhook } from "../webhooks/receive-webhook.ts";
import { callApi, type ApiAnswer } from "./api.ts";

// As the route's own file has it, which a module's stand-in does not reach.
const handler = route(calls.receiveWebhook, async ({ params, raw }) => {
  await receiveWebhook(params.gateway, raw);
  return Response.json({ received: true });
});

/** Sends a webhook through everything that stands around the call, as the gateway would. */
export function postWebhook(
  body: string | Uint8Array,
  headers: Record<string, string>,
  gateway = "dummy",
): Promise<ApiAnswer> {
  const path = `/api/payment/webhooks/${gateway}/`;
  return callApi(handler, { method: "POST", path, params: { gateway }, body, headers });
}

/** The rows of the inbox with that event id. */
export function eventsWithId(eventId: string) {
  return db().webhookEvent.findMany({ where: { eventId } });
}

/** Has time pass for an event that waits, instead of the test. */
export async function makeDue(eventId: string): Promise<void> {
  await db().$executeRaw`
    UPDATE webhook_events SET next_attempt_at = now() - interval '1 minute'
    WHERE event_id = ${eventId} AND next_attempt_at IS NOT NULL`;
}
