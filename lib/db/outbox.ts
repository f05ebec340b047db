import type { Prisma } from "#db-client";
import { db, type Tx } from "./client.ts";

/** What other systems are told of. A receiver must expect topics that it does not know. */
export type MessageTopic =
  | "order.paid"
  | "payment.failed"
  | "refund.refunded"
  | "refund.failed"
  | "dispute.opened"
  | "dispute.closed";

/**
 * Writes a message for other systems; one topic and key is told once, whoever writes it again. The row is
 * its own job: it is due at once, so the delivery costs the payment's transaction no statement more.
 */
export async function enqueueMessage(
  tx: Tx,
  message: { topic: MessageTopic; dedupeKey: string; payload: Prisma.InputJsonObject },
): Promise<void> {
  await tx.outboxMessage.createMany({ data: [message], skipDuplicates: true });
}

/** A message that one deliverer holds. `attempts` counts this one and tells its holder from the next. */
export type ClaimedMessage = {
  id: bigint;
  topic: string;
  dedupeKey: string;
  payload: Record<string, unknown>;
  attempts: number;
  createdAt: Date;
};

/**
 * Takes up to `limit` messages that are due, oldest first. They come due again after `againMs` should the
 * taker die; two takers never get the same row.
 */
export async function claimDueMessages(limit: number, againMs: number): Promise<ClaimedMessage[]> {
  const rows = await db().$queryRaw<ClaimedMessage[]>`
    UPDATE outbox_messages SET
      attempts = attempts + 1,
      next_attempt_at = now() + ${againMs} * interval '1 millisecond'
    WHERE id IN (
      SELECT id FROM outbox_messages
      WHERE sent_at IS NULL AND next_attempt_at <= now()
      ORDER BY next_attempt_at, id
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED)
    RETURNING id, topic, dedupe_key AS "dedupeKey", payload, attempts, created_at AS "createdAt"`;
  return rows.sort((a, b) => Number(a.id - b.id));
}

/** Told. Does nothing where another has told it meanwhile. */
export async function markMessageSent(tx: Tx, id: bigint): Promise<void> {
  await tx.$executeRaw`
    UPDATE outbox_messages SET sent_at = now(), next_attempt_at = NULL, last_error = ''
    WHERE id = ${id} AND sent_at IS NULL`;
}

/** Not told: due again after `againMs`, or given up where that is null. False where another holds it now. */
export async function postponeMessage(
  tx: Tx,
  claim: Pick<ClaimedMessage, "id" | "attempts">,
  end: { lastError: string; againMs: number | null },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE outbox_messages SET
      last_error = ${end.lastError},
      next_attempt_at = now() + ${end.againMs}::bigint * interval '1 millisecond'
    WHERE id = ${claim.id} AND attempts = ${claim.attempts} AND sent_at IS NULL`;
  return count === 1;
}

/** Makes every message that was given up due once more; returns how many. */
export async function reviveMessages(): Promise<number> {
  return db().$executeRaw`
    UPDATE outbox_messages SET next_attempt_at = now()
    WHERE sent_at IS NULL AND next_attempt_at IS NULL`;
}
