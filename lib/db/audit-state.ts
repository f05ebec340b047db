import type { ClientBase } from "pg";

const told = (table: string, entity: string, idColumn: string): string => `
  SELECT t.${idColumn} AS id, t.status::text AS status, last.to_status AS told
  FROM ${table} t
  LEFT JOIN LATERAL (
    SELECT a.to_status FROM audit_events a
    WHERE a.entity = '${entity}' AND a.entity_id = t.${idColumn} AND a.to_status IS NOT NULL
    ORDER BY a.seq DESC LIMIT 1) last ON true
  WHERE last.to_status IS DISTINCT FROM t.status::text`;

const untoldStatuses = [
  told("transactions", "transaction", "transaction_id"),
  told("refunds", "refund", "refund_id"),
  told("disputes", "dispute", "dispute_id"),
].join(" UNION ALL ");

export type UntoldStatus = { id: string; status: string; told: string | null };

/**
 * Every transaction, refund and dispute whose status is not what its last audit row says. Both are
 * written in one transaction, so there is none unless rows were taken out or put in.
 */
export async function selectUntoldStatuses(client: ClientBase): Promise<UntoldStatus[]> {
  const { rows } = await client.query<UntoldStatus>(`${untoldStatuses} ORDER BY id`);
  return rows;
}

/** How many rows come after `lastSealedSeq`, and how many numbers after the last row were given. */
export async function countUnsealed(
  client: ClientBase,
  lastSealedSeq: string,
): Promise<{ unsealedRows: number; unusedSeqs: number }> {
  const { rows } = await client.query<{ unsealedRows: number; unusedSeqs: number }>(
    `SELECT (SELECT COUNT(*)::int FROM audit_events WHERE seq > $1::bigint) AS "unsealedRows",
            (SELECT GREATEST(0, s.last_value - COALESCE((SELECT max(seq) FROM audit_events), 0))::int
             FROM audit_events_seq_seq s WHERE s.is_called) AS "unusedSeqs"`,
    [lastSealedSeq],
  );
  return { unsealedRows: rows[0]?.unsealedRows ?? 0, unusedSeqs: rows[0]?.unusedSeqs ?? 0 };
}
