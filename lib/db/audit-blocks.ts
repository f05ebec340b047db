import type { ClientBase } from "pg";
import { db } from "./client.ts";

/** The columns of an audit row in the order in which they are hashed. A new column makes a new version. */
export const auditColumns = [
  "seq",
  "at",
  "entity",
  "entity_id",
  "action",
  "from_status",
  "to_status",
  "actor_kind",
  "actor",
  "reason",
  "before",
  "after",
  "request_id",
] as const;

/** An audit row as text, whatever the session's settings: the time as seconds since 1970. */
export type AuditRow = Record<(typeof auditColumns)[number], string | null> & {
  seq: string;
  at: string;
};

// jsonb has one text a value: its keys are kept in one order, whatever the order they came in.
const rowTexts = auditColumns
  .map((column) => (column === "at" ? `extract(epoch FROM at)::text AS at` : `"${column}"::text`))
  .join(", ");

export type AuditBlockRecord = {
  number: number;
  firstSeq: string;
  lastSeq: string;
  seqs: string[];
  /** 32 bytes a row, in the order of `seqs`. */
  rowHashes: Buffer;
  previousHash: Buffer;
  hash: Buffer;
  sealedAtMs: string;
};

const blockColumns = `number, first_seq::text AS "firstSeq", last_seq::text AS "lastSeq",
  seqs::text[] AS seqs, row_hashes AS "rowHashes", previous_hash AS "previousHash", hash,
  trunc(extract(epoch FROM sealed_at) * 1000)::text AS "sealedAtMs"`;

/** Audit rows with `afterSeq < seq`, and `seq <= untilSeq` where that is given, in order. */
export async function selectAuditRows(
  client: ClientBase,
  range: { afterSeq: string; untilSeq?: string; limit: number },
): Promise<AuditRow[]> {
  const { rows } = await client.query<AuditRow>(
    `SELECT ${rowTexts} FROM audit_events
     WHERE seq > $1::bigint AND ($2::bigint IS NULL OR seq <= $2::bigint)
     ORDER BY audit_events.seq LIMIT $3`,
    [range.afterSeq, range.untilSeq ?? null, range.limit],
  );
  return rows;
}

/** Blocks with a number greater than `afterNumber`, in order. */
export async function selectAuditBlocks(
  client: ClientBase,
  range: { afterNumber: number; limit: number },
): Promise<AuditBlockRecord[]> {
  const { rows } = await client.query<AuditBlockRecord>(
    `SELECT ${blockColumns} FROM audit_blocks WHERE number > $1 ORDER BY number LIMIT $2`,
    [range.afterNumber, range.limit],
  );
  return rows;
}

/** The newest block, or null before the first. */
export async function findLastAuditBlock(client: ClientBase): Promise<AuditBlockRecord | null> {
  const { rows } = await client.query<AuditBlockRecord>(
    `SELECT ${blockColumns} FROM audit_blocks ORDER BY number DESC LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** The last block sealed before the first that was sealed at `since` or later; null where there is none. */
export async function findAuditBlockBefore(
  client: ClientBase,
  since: Date,
): Promise<AuditBlockRecord | null> {
  const { rows } = await client.query<AuditBlockRecord>(
    `SELECT ${blockColumns} FROM audit_blocks
     WHERE number < COALESCE((SELECT min(number) FROM audit_blocks WHERE sealed_at >= $1), 2147483647)
     ORDER BY number DESC LIMIT 1`,
    [since.toISOString()],
  );
  return rows[0] ?? null;
}

export async function insertAuditBlock(client: ClientBase, block: AuditBlockRecord): Promise<void> {
  await client.query(
    `INSERT INTO audit_blocks
       (number, first_seq, last_seq, seqs, row_hashes, previous_hash, hash, sealed_at)
     VALUES ($1, $2, $3, $4::bigint[], $5, $6, $7, to_timestamp($8::numeric / 1000))`,
    [
      block.number,
      block.firstSeq,
      block.lastSeq,
      block.seqs,
      block.rowHashes,
      block.previousHash,
      block.hash,
      block.sealedAtMs,
    ],
  );
}

/** True where audit rows wait to be sealed. */
export async function hasUnsealedRows(): Promise<boolean> {
  const rows = await db().$queryRaw<{ waits: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM audit_events WHERE seq > COALESCE(
      (SELECT last_seq FROM audit_blocks ORDER BY number DESC LIMIT 1), 0)) AS waits`;
  return rows[0]?.waits ?? false;
}

const sealerLock = 7_305_801;

/** Runs `work` unless another connection of this database is sealing: then false, at once. */
export async function asOnlySealer(
  client: ClientBase,
  work: () => Promise<void>,
): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "SELECT pg_try_advisory_lock($1) AS taken",
    [sealerLock],
  );
  if (rows[0]?.taken !== true) return false;
  try {
    await work();
    return true;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [sealerLock]);
  }
}

/** The last number that was given to an audit row, committed or not. */
export async function lastGivenSeq(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ seq: string }>(
    "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END::text AS seq FROM audit_events_seq_seq",
  );
  return rows[0]?.seq ?? "0";
}

/**
 * The transactions that have drawn a number for an audit row, or are about to, and have not ended. Each
 * holds a lock on the sequence and on the table from before it draws until after its end can be seen by
 * all; reading the list of locks takes none and waits for nobody.
 */
export async function selectAuditWriters(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ writer: string }>(
    `SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
     WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND relation IN ('audit_events'::regclass, 'audit_events_seq_seq'::regclass)
       AND pid IS DISTINCT FROM pg_backend_pid()`,
  );
  return rows.map(({ writer }) => writer);
}
