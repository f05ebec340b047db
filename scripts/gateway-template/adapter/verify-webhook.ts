import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { VerifiedWebhook } from "#lib/gateways/gateway";

// How far from now the time of a webhook may be, either way.
const toleranceS = 300;

const eventSchema = z.object({ id: z.string().min(1).max(255) });

/**
 * Checks a webhook of Template: `template-signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over
 * `<seconds>.<raw body>`. In constant time; null where anything is amiss.
 */
export function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  secret: string,
  now: Date,
): VerifiedWebhook | null {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(headers.get("template-signature") ?? "");
  const [, timestamp = "", signature = ""] = match ?? [];
  // An empty secret would be known to everybody.
  if (secret === "" || match === null) return null;
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  if (!timingSafeEqual(Buffer.from(signature, "hex"), expected)) return null;
  if (Math.abs(Number(timestamp) - now.getTime() / 1_000) > toleranceS) return null;
  const event = eventSchema.safeParse(parsed(body));
  return event.success ? { eventId: event.data.id } : null;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
