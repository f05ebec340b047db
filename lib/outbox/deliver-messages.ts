import { caseKeyOf, raiseCase, resolveCase } from "../db/cases.ts";
import { db, inTransaction } from "../db/client.ts";
import {
  claimDueMessages,
  markMessageSent,
  postponeMessage,
  reviveMessages,
  type ClaimedMessage,
} from "../db/outbox.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { messageId, sendMessage } from "./send-message.ts";

// Sent together; a receiver that hangs holds a batch up for its 10 s.
const batchSize = 10;
// A batch takes 10 s at most. One whose deliverer died is due again after this.
const leaseMs = 30_000;
// 5 s, 10 s … 5 min 20 s: eight tries in eleven minutes outlast a receiver's deployment.
const firstBackoffMs = 5_000;
const maxTries = 8;

/**
 * Sends every message that is due, until none is. One that the receiver does not take holds up no other.
 * Without a receiver each is told to the log. Returns how many were sent.
 *
 * At least once: a worker that dies between the receiver's answer and the mark has it sent again, under
 * the same id.
 */
export async function deliverDueMessages(): Promise<number> {
  let count = 0;
  for (;;) {
    const messages = await claimDueMessages(batchSize, leaseMs);
    const sent = await Promise.all(messages.map(deliver));
    count += sent.filter(Boolean).length;
    if (messages.length < batchSize) return count;
  }
}

async function deliver(message: ClaimedMessage): Promise<boolean> {
  try {
    const problem = await tell(message);
    if (problem === null) await finish(message);
    else await postpone(message, problem);
    return problem === null;
  } catch (error) {
    log.error("a message's delivery could not be written", {
      error,
      messageId: messageId(message),
    });
    return false;
  }
}

async function tell(message: ClaimedMessage): Promise<string | null> {
  const { EVENTS_URL: url, EVENTS_SECRET: secret } = getEnv();
  if (url !== undefined && secret !== undefined) return sendMessage(message, { url, secret });
  log.info("message", { topic: message.topic, messageId: messageId(message) });
  return null;
}

async function finish(message: ClaimedMessage): Promise<void> {
  if (message.attempts <= maxTries) return markMessageSent(db(), message.id);
  // It was given up once, and has a case.
  const caseKey = caseKeyOf("message_undelivered", messageId(message));
  await inTransaction(async (tx) => {
    await markMessageSent(tx, message.id);
    await resolveCase(tx, caseKey, { resolution: "retried" });
  });
}

async function postpone(message: ClaimedMessage, problem: string): Promise<void> {
  const { topic, attempts } = message;
  log.warn("a message was not taken", { topic, messageId: messageId(message), outcome: problem });
  const isOver = attempts >= maxTries;
  const againMs = isOver ? null : firstBackoffMs * 2 ** (attempts - 1);
  await inTransaction(async (tx) => {
    const isOurs = await postponeMessage(tx, message, { lastError: problem, againMs });
    if (!isOurs || !isOver) return;
    await raiseCase(tx, {
      kind: "message_undelivered",
      subject: messageId(message),
      evidence: { topic, key: message.dedupeKey, attempts, error: problem },
    });
  });
}

/** Has every message that was given up tried once more. Returns how many. */
export function reviveUndelivered(): Promise<number> {
  return reviveMessages();
}
