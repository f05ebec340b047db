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
  /** The row of the request's idempotency key, where the operation is all that the request makes. */
  idempotencyKeyId?: string | undefined;
};

/** Writes an operation; the database's clock gives the lease and the first check. */
export async function insertOperation(tx: Tx, operation: NewOperation): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO operations
      (id, kind, transaction_pk, refund_pk, fingerprint, gateway_key, amount_minor,
       idempotency_key_id, lease_until, next_check_at)
    VALUES (
      ${operation.id}::uuid, ${operation.kind}::operation_kind, ${operation.transactionPk},
      ${operation.refundPk}, ${operation.fingerprint}, ${operation.gatewayKey}, ${operation.amountMinor},
      ${operation.idempotencyKeyId ?? null}::uuid,
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

/** The operation that charges, or charged, a transaction: the latest where one was certainly never sent. */
export function findChargeOperation(transactionPk: number): Promise<Operation | null> {
  return db().operation.findFirst({
    where: { transactionPk, kind: "charge" },
    orderBy: { createdAt: "desc" },
  });
}

export function findRefundOperation(refundPk: number): Promise<Operation | null> {
  return db().operation.findFirst({ where: { refundPk, kind: "refund" } });
}

/** The operation that a request made, by its idempotency row; or null. */
export function findOperationByIdempotencyKey(
  tx: Tx,
  idempotencyKeyId: string,
): Promise<Operation | null> {
  return tx.operation.findUnique({ where: { idempotencyKeyId } });
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

// How long whoever asks has an operation to themselves: longer than a question and what it leads to. One
// that dies over it holds up the others for as long.
const askingMs = 30_000;

/**
 * Takes the right to ask about one operation, at most once every `everyMs`, until `endCheck`: an adapter
 * that is asked may take the money that a shopper approved, so that nobody may give the payment up
 * meanwhile. Null where somebody is asking or asked just now, where it is settled, or where its opener
 * may still be calling.
 */
export async function claimCheck(id: string, everyMs: number): Promise<Date | null> {
  const [claimed] = await db().$queryRaw<{ until: Date }[]>`
    UPDATE operations SET last_checked_at = now() + ${askingMs} * interval '1 millisecond'
    WHERE id = ${id}::uuid
      AND (state IN ('unknown', 'awaiting_action') OR (state = 'in_flight' AND lease_until < now()))
      AND (last_checked_at IS NULL OR last_checked_at < now() - ${everyMs} * interval '1 millisecond')
    RETURNING last_checked_at AS until`;
  return claimed?.until ?? null;
}

/** Whoever took that right has asked. */
export async function endCheck(id: string, until: Date): Promise<void> {
  await db().$executeRaw`
    UPDATE operations SET last_checked_at = now()
    WHERE id = ${id}::uuid AND last_checked_at = ${until}`;
}

/**
 * Takes the right to send an operation's request once more, for whoever read its lease as it is. False
 * where somebody else has taken it since: two who found the same would both send.
 */
export async function renewLease(
  { id, leaseUntil }: Pick<Operation, "id" | "leaseUntil">,
  leaseMs: number,
): Promise<boolean> {
  const renewed = await db().$executeRaw`
    UPDATE operations SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
    WHERE id = ${id}::uuid AND lease_until = ${leaseUntil} AND settled_at IS NULL`;
  return renewed === 1;
}

/**
 * Makes operations due whose last question a gateway account left unanswered: at most one an account
 * that has not been asked for `probeEveryMs`, to learn whether it answers again. Returns how many.
 */
export function probeSilentAccounts(probeEveryMs: number): Promise<number> {
  return db().$executeRaw`
    UPDATE operations SET next_check_at = now()
    WHERE id IN (
      SELECT (array_agg(o.id ORDER BY o.last_checked_at))[1]
      FROM operations o JOIN transactions t ON t.id = o.transaction_pk
      WHERE o.next_check_at IS NOT NULL AND o.settled_at IS NULL AND o.outcome ->> 'unanswered' = 'true'
      GROUP BY t.configuration_id
      HAVING max(o.last_checked_at) < now() - ${probeEveryMs} * interval '1 millisecond')`;
}

/** Makes every operation due that a gateway account left unanswered: it answers again. */
export function bringForwardUnanswered(configurationId: number): Promise<number> {
  return db().$executeRaw`
    UPDATE operations o SET next_check_at = now()
    FROM transactions t
    WHERE t.id = o.transaction_pk AND t.configuration_id = ${configurationId}
      AND o.next_check_at > now() AND o.settled_at IS NULL AND o.outcome ->> 'unanswered' = 'true'`;
}

/**
 * Takes up to `limit` operations that are due. They come due again after `againMs` should the taker
 * die; two takers never get the same row.
 */
export async function claimDueOperations(
  limit: number,
  againMs: number,
): Promise<{ id: string; configurationId: number }[]> {
  return db().$queryRaw`
    UPDATE operations SET
      next_check_at = now() + ${againMs} * interval '1 millisecond',
      -- A moment ago: the taker claims each by claimCheck when its turn comes.
      last_checked_at = now() - interval '5 milliseconds',
      checks = checks + 1
    WHERE id IN (
      SELECT id FROM operations
      WHERE next_check_at <= now()
        AND (last_checked_at IS NULL OR last_checked_at <= now())
        AND (state IN ('unknown', 'awaiting_action') OR (state = 'in_flight' AND lease_until < now()))
      ORDER BY next_check_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED)
    RETURNING id,
      (SELECT configuration_id FROM transactions t WHERE t.id = transaction_pk) AS "configurationId"`;
}
