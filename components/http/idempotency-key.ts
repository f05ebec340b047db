/** A fresh `Idempotency-Key`. `randomUUID` is left aside: browsers lack it outside of HTTPS and localhost. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
