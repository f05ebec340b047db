import { newIdempotencyKey } from "../http/idempotency-key.ts";

/**
 * One attempt to pay an order: its key, and its transaction once there is one. Kept for the tab, so
 * that a reload goes on with the same attempt. Holds nothing of the card.
 */
export type Attempt = { intentKey: string; transactionId: string | null };

const storageName = (orderNumber: string) => `tollbooth.attempt.${orderNumber}`;

// For browsers that refuse storage: the attempt then lives as long as the page.
const remembered = new Map<string, Attempt>();

function parse(text: string | null): Attempt | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { intentKey, transactionId } = value as Record<string, unknown>;
    if (typeof intentKey !== "string") return null;
    return { intentKey, transactionId: typeof transactionId === "string" ? transactionId : null };
  } catch {
    return null;
  }
}

export function saveAttempt(orderNumber: string, attempt: Attempt): void {
  remembered.set(orderNumber, attempt);
  try {
    sessionStorage.setItem(storageName(orderNumber), JSON.stringify(attempt));
  } catch {
    // Remembered above.
  }
}

/** The attempt under way, or a fresh one. */
export function currentAttempt(orderNumber: string): Attempt {
  let stored: Attempt | null = null;
  try {
    stored = parse(sessionStorage.getItem(storageName(orderNumber)));
  } catch {
    stored = null;
  }
  const known = stored ?? remembered.get(orderNumber);
  if (known !== undefined) return known;
  const fresh = { intentKey: newIdempotencyKey(), transactionId: null };
  saveAttempt(orderNumber, fresh);
  return fresh;
}

/** Ends the attempt: the next one gets a new key and a new transaction. */
export function endAttempt(orderNumber: string): void {
  remembered.delete(orderNumber);
  try {
    sessionStorage.removeItem(storageName(orderNumber));
  } catch {
    // Nothing was stored.
  }
}
