import { randomBytes } from "node:crypto";
import { POST } from "../../app/api/payment/webhooks/[gateway]/route.ts";
import { db } from "../db/client.ts";
import { getConfiguration, setWebhookCiphertext } from "../db/configurations.ts";
import { sealWebhookSecrets } from "../gateways/secret-box.ts";
import { signatureHeaders } from "../outbox/sign-message.ts";
import { callApi, type ApiAnswer } from "./api.ts";

export const aSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
export const anEventId = (): string => `evt_${randomBytes(9).toString("hex")}`;

/** Makes those the webhook secrets of a configuration. */
export async function setWebhookSecrets(
  configurationId: number,
  secrets: readonly string[],
): Promise<void> {
  const { wrappedDataKey, masterKeyVersion } = await getConfiguration(configurationId);
  if (!wrappedDataKey || !masterKeyVersion) throw new Error("the configuration has no stored keys");
  const sealed = sealWebhookSecrets(
    configurationId,
    { wrappedDataKey, masterKeyVersion },
    secrets.map((secret) => ({ secret, until: null })),
  );
  await setWebhookCiphertext(db(), configurationId, sealed);
}

/** The headers by which the dummy gateway signs a body. */
export function signed(
  body: string,
  secret: string,
  { id = anEventId(), at = new Date() }: { id?: string; at?: Date } = {},
): Record<string, string> {
  return { "content-type": "text/plain", ...signatureHeaders({ id, body, at }, secret) };
}

/** The body of an event of the dummy gateway, unlike any other. */
export function eventBody(type: string, data: Record<string, unknown> = {}): string {
  return JSON.stringify({ id: anEventId(), type, created: Math.floor(Date.now() / 1_000), data });
}

/** An event that we have no use for. */
export const aStrangeBody = (): string => eventBody("balance.available");

/** Sends a webhook through the route's handler, as the gateway would. */
export function postWebhook(
  body: string | Uint8Array | ReadableStream,
  headers: Record<string, string>,
  gateway = "dummy",
): Promise<ApiAnswer> {
  const path = `/api/payment/webhooks/${gateway}/`;
  return callApi(POST, { method: "POST", path, params: { gateway }, body, headers });
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
