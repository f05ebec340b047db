import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { VerifiedWebhook } from "../gateway.ts";

/**
 * Checks a webhook of Razorpay: `X-Razorpay-Signature` is the hex of HMAC-SHA256 over the raw body with
 * the webhook's own secret (razorpay.com/docs/webhooks/validate-test), compared in constant time. The
 * event's id is a header that the signature does not cover; the inbox knows a body that came before by its
 * hash as well. Null where anything is amiss.
 */
export function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  secret: string,
): VerifiedWebhook | null {
  const given = headers.get("x-razorpay-signature") ?? "";
  // An empty secret would verify what anybody can sign.
  if (secret === "" || !/^[0-9a-f]{64}$/.test(given)) return null;
  const expected = createHmac("sha256", secret).update(body).digest();
  if (!timingSafeEqual(Buffer.from(given, "hex"), expected)) return null;
  const eventId = headers.get("x-razorpay-event-id") ?? "";
  return { eventId: eventId === "" ? createHash("sha256").update(body).digest("hex") : eventId };
}

/**
 * True where the shopper's browser brings what Razorpay signed for this order: HMAC-SHA256 over
 * `order|payment` with the key's secret. It says that the pair belongs together, nothing of the amount.
 */
export function isSignedPair(
  { orderId, paymentId, signature }: { orderId: string; paymentId: string; signature: string },
  secretKey: string,
): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  const expected = createHmac("sha256", secretKey).update(`${orderId}|${paymentId}`).digest();
  return timingSafeEqual(Buffer.from(signature, "hex"), expected);
}
