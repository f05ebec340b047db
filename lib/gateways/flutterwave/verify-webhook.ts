import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { VerifiedWebhook } from "../gateway.ts";

/**
 * Checks a webhook of Flutterwave v3: `verif-hash` is the merchant's own secret as it stands, set in the
 * dashboard. `flutterwave-signature` (base64 of HMAC-SHA256 over the raw body, the newer scheme) is
 * checked where it is there. Source: developer.flutterwave.com/docs/webhooks. All in constant time; null
 * where anything is amiss.
 */
export function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  secret: string,
): VerifiedWebhook | null {
  const given = headers.get("verif-hash") ?? "";
  // An empty secret would be known to everybody.
  if (secret === "" || given === "" || !isEqual(given, secret)) return null;
  const signature = headers.get("flutterwave-signature");
  if (signature !== null && !isSigned(signature, body, secret)) return null;
  return { eventId: eventIdOf(body) };
}

function isSigned(signature: string, body: Uint8Array, secret: string): boolean {
  const expected = createHmac("sha256", secret).update(body).digest();
  const inBase64 = isEqual(signature, expected.toString("base64"));
  const inHex = isEqual(signature.toLowerCase(), expected.toString("hex"));
  return inBase64 || inHex;
}

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const text = z.union([z.string(), z.number()]).transform(String);
const stamp = z.object({ id: text, status: text });
const withData = z.object({ event: z.string(), data: stamp });

/** v3 gives events no id: what it is about and how that stands make one. Of unreadable bytes, their hash. */
function eventIdOf(body: Uint8Array): string {
  const json = parsed(body);
  const event = withData.safeParse(json);
  if (event.success) return nameOf(event.data.event, event.data.data);
  const flat = stamp.safeParse(json);
  if (flat.success) return nameOf("refund", flat.data);
  return createHash("sha256").update(body).digest("hex");
}

function nameOf(event: string, { id, status }: z.output<typeof stamp>): string {
  return `${event}:${id}:${status}`.slice(0, 255);
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
