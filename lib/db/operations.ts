import type { Operation, Prisma } from "#db-client";
import { db, type Tx } from "./client.ts";

export type { Operation };

export type NewOperation = {
  id: string;
  kind: "charge" | "capture" | "void" | "refund";
  transactionPk: number;
  refundPk: number | null;
  fingerprint: Uint8Array<ArrayBuffer>;
  gatewayKey: string;
  amountMinor: bigint;
  /** How long its opener may be calling, by the database's clock. */
  leaseMs: number;
  /** When the janitor asks first if nobody settled it. */
  firstCheckMs: number;
};

/** Writes an operation; the database's clock gives the lease and the first check. */
export async function insertOperation(tx: Tx, operation: NewOperation): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO operations
      (id, kind, transaction_pk, refund_pk, fingerprint, gateway_key, amount_minor, lease_until, next_check_at)
    VALUES (
      ${operation.id}::uuid, ${operation.kind}::operation_kind, ${operation.transactionPk},
      ${operation.refundPk}, ${operation.fingerprint}, ${operation.gatewayKey}, ${operation.amountMinor},
      now() + ${operation.leaseMs} * interval '1 millisecond',
      now() + ${operation.firstCheckMs} * interval '1 millisecond')`;
}

export function getOperation(id: string, tx: Tx = db()): Promise<Operation> {
  return tx.operation.findUniqueOrThrow({ where: { id } });
}

/** Operations of a transaction that wait for an outcome. */
export function findOpenOperations(transactionPk: number): Promise<Operation[]> {
  return db().operation.findMany({
    where: { transactionPk, state: { in: ["in_flight", "unknown", "awaiting_action"] } },
  });
}

export function listOperations(transactionPk: number): Promise<Operation[]> {
  return db().operation.findMany({ where: { transactionPk }, orderBy: { createdAt: "asc" } });
}

export async function updateOperation(
  tx: Tx,
  id: string,
  change: {
    state: Operation["state"];
    /** null: settled, or the schedule is over and a person must look. */
    nextCheckMs: number | null;
    outcome: Prisma.InputJsonObject;
    settled: boolean;
  },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE operations SET
      state = ${change.state}::operation_state,
      outcome = ${JSON.stringify(change.outcome)}::jsonb,
      next_check_at = now() + ${change.nextCheckMs}::bigint * interval '1 millisecond',
      settled_at = CASE WHEN ${change.settled} THEN now() END
    WHERE id = ${id}::uuid`;
}

/**
 * Takes the right to ask about one operation, at most once every `everyMs`. False where somebody asked
 * just now, where it is settled, or where its opener may still be calling.
 */
export async function claimCheck(id: string, everyMs: number): Promise<boolean> {
  const claimed = await db().$executeRaw`
    UPDATE operations SET last_checked_at = now()
    WHERE id = ${id}::uuid
      AND (state IN ('unknown', 'awaiting_action') OR (state = 'in_flight' AND lease_until < now()))
      AND (last_checked_at IS NULL OR last_checked_at < now() - ${everyMs} * interval '1 millisecond')`;
  return claimed === 1;
}

/**
 * Takes up to `limit` operations that are due. They come due again after `againMs` should the taker
 * die; two takers never get the same row.
 */
export async function claimDueOperations(limit: number, againMs: number): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    UPDATE operations SET
      next_check_at = now() + ${againMs} * interval '1 millisecond',
      last_checked_at = now(),
      checks = checks + 1
    WHERE id IN (
      SELECT id FROM operations
      WHERE next_check_at <= now()
        AND (state IN ('unknown', 'awaiting_action') OR (state = 'in_flight' AND lease_until < now()))
      ORDER BY next_check_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  return rows.map((row) => row.id);
}
