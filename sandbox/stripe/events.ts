/** Stripe's events: kept for `GET /v1/events`, and sent to the shop. */
import { apiVersion } from "./answers.ts";
import { save, secondsOf, shown } from "./documents.ts";
import type { Context } from "../stand-in.ts";

/** Tells the shop of an object as it now is. `before`: what its changed attributes were. */
export async function tell(
  context: Context,
  type: string,
  object: Record<string, unknown>,
  before?: Record<string, unknown>,
): Promise<void> {
  const id = context.book.newId("evt_");
  const event = {
    id,
    object: "event",
    api_version: apiVersion,
    created: secondsOf(context.now),
    data: { object: shown(object), ...(before ? { previous_attributes: before } : {}) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  await save(context, "event", event);
  await context.emit({ id, type, payload: event });
}
