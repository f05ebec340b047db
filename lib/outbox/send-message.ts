import type { ClaimedMessage } from "../db/outbox.ts";
import { signatureHeaders } from "./sign-message.ts";

// Connecting, waiting and reading together. A receiver keeps what it got and works on it later.
const timeoutMs = 10_000;
// The answer is not used; so much is read that the connection can be used again, and no more.
const maxAnswerBytes = 64 * 1024;

/** What a message is known by to its receiver, the same however often it is sent. */
export function messageId({
  topic,
  dedupeKey,
}: Pick<ClaimedMessage, "topic" | "dedupeKey">): string {
  // The signature joins id, time and body by dots, so an id has none.
  return `${topic}-${dedupeKey}`.replaceAll(".", "_");
}

/** The body of a message, the same however often it is sent. */
export function messageBody(message: ClaimedMessage): string {
  return JSON.stringify({
    type: message.topic,
    timestamp: message.createdAt.toISOString(),
    data: message.payload,
  });
}

async function discard(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    size += value.byteLength;
    if (size > maxAnswerBytes) return reader.cancel();
  }
}

/** Why `fetch` failed, without an address or anything that was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "not reached";
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? `not reached (${code})` : "not reached";
}

/**
 * Sends a message to its receiver, signed. Null once it was taken, which only a 2xx says, or why not. A
 * redirect is not followed: the message is for the address that was configured.
 */
export async function sendMessage(
  message: ClaimedMessage,
  receiver: { url: string; secret: string },
): Promise<string | null> {
  const id = messageId(message);
  const body = messageBody(message);
  try {
    const response = await fetch(receiver.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...signatureHeaders({ id, body, at: new Date() }, receiver.secret),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    // What was taken is taken, even where the rest of the answer does not come.
    await discard(response).catch(() => undefined);
    return response.ok ? null : `answered ${response.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}
