import { createHmac } from "node:crypto";

const secretPrefix = "whsec_";

/** A secret as Standard Webhooks writes it, base64 behind `whsec_`, or any other text for its bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(secretPrefix)
    ? Buffer.from(secret.slice(secretPrefix.length), "base64")
    : Buffer.from(secret);
}

/**
 * The headers that sign a message in the way of Standard Webhooks (https://www.standardwebhooks.com):
 * HMAC-SHA256 of `id.timestamp.body`, in base64. `at` is the time of this sending, which a receiver holds
 * against its clock; the id is the same at every repetition.
 */
export function signatureHeaders(
  message: { id: string; body: string; at: Date },
  secret: string,
): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000));
  const signature = createHmac("sha256", keyOf(secret))
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest("base64");
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}
