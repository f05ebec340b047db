import { createHmac, timingSafeEqual } from "node:crypto";
import type { VerifiedWebhook } from "../gateway.ts";

// How far from now the time of a webhook may be, either way.
const toleranceS = 300;
const secretPrefix = "whsec_";
const maxSignatures = 10;

/**
 * Checks a webhook of the dummy gateway as Standard Webhooks asks for
 * (https://github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 over `id.timestamp.body`, any of
 * the signatures in the header. Each is compared in constant time. Null where anything is amiss.
 */
export function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  secret: string,
  now: Date,
): VerifiedWebhook | null {
  const eventId = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const given = headers.get("webhook-signature") ?? "";
  const key = keyOf(secret);
  if (eventId === "" || !/^\d{1,12}$/.test(timestamp) || key === null) return null;
  const expected = createHmac("sha256", key)
    .update(`${eventId}.${timestamp}.`)
    .update(body)
    .digest();
  let holds = false;
  for (const signature of given.split(" ").slice(0, maxSignatures)) {
    if (isEqual(signature, expected)) holds = true;
  }
  const isNow = Math.abs(Number(timestamp) - now.getTime() / 1_000) <= toleranceS;
  return holds && isNow ? { eventId } : null;
}

function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(secretPrefix)) return null;
  const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
  // An empty key would verify what anybody can sign.
  return key.length >= 16 ? key : null;
}

function isEqual(signature: string, expected: Buffer): boolean {
  const [version, text = ""] = signature.split(",", 2);
  const bytes = Buffer.from(text, "base64");
  return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
