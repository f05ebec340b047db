import type { MoneyInvariant } from "./money-invariants.ts";

// Texts in which a card number would have been forgotten: [table, what names the row, the texts].
const texts = [
  ["transactions", "transaction_id", "concat_ws(' ', metadata, error_message, error_code)"],
  ["refunds", "refund_id", "concat_ws(' ', reason, metadata, error_message)"],
  ["operations", "id::text", "outcome::text"],
  ["audit_events", "seq::text", `concat_ws(' ', reason, before, after)`],
  ["outbox_messages", "id::text", "payload::text"],
  ["cases", "case_key", "concat_ws(' ', evidence, note)"],
] as const;

/** Ids of the rows with a run of 13 to 19 digits that begins and checks as a card number does. */
const rowsWithCardNumbers = texts
  .map(
    ([table, id, text]) => `
      SELECT ${id} FROM ${table},
        LATERAL regexp_matches(${text}, '(?<![0-9A-Za-z])[2-6][0-9]{12,18}(?![0-9A-Za-z])', 'g') AS run
      WHERE (SELECT SUM(CASE WHEN (length(run[1]) - place) % 2 = 0 THEN digit::int
                             ELSE digit::int * 2 - CASE WHEN digit > '4' THEN 9 ELSE 0 END END) % 10 = 0
             FROM string_to_table(run[1], NULL) WITH ORDINALITY AS digits (digit, place))`,
  )
  .join(" UNION ALL ");

/** Rules of what stands around a payment: the audit's blocks, the inbox, keys, disputes, the books' sums. */
export const serviceInvariants: readonly MoneyInvariant[] = [
  {
    id: "I12",
    rule: "the audit's blocks follow each other, each naming the hash of the one before (rows: check:audit)",
    sql: `SELECT number FROM (
            SELECT number, first_seq, previous_hash, lag(number) OVER w AS number_before,
                   lag(last_seq) OVER w AS seq_before, lag(hash) OVER w AS hash_before
            FROM audit_blocks WINDOW w AS (ORDER BY number)) block
          WHERE number <> COALESCE(number_before, 0) + 1 OR first_seq <= COALESCE(seq_before, 0)
             OR (hash_before IS NOT NULL AND previous_hash <> hash_before)`,
  },
  {
    id: "I13b",
    rule: "a refund's and a dispute's id at the gateway is used once",
    sql: `SELECT r.gateway_refund_id FROM refunds r JOIN transactions t ON t.id = r.transaction_pk
          WHERE r.gateway_refund_id IS NOT NULL
          GROUP BY t.gateway, r.gateway_refund_id HAVING COUNT(*) > 1
          UNION ALL
          SELECT gateway_dispute_id FROM disputes GROUP BY gateway, gateway_dispute_id HAVING COUNT(*) > 1`,
  },
  {
    id: "I14b",
    rule: "one capture or void under way a payment, one operation a refund, each with its own gateway key",
    sql: `SELECT transaction_pk::text FROM operations WHERE kind IN ('capture', 'void') AND settled_at IS NULL
          GROUP BY transaction_pk HAVING COUNT(*) > 1
          UNION ALL
          SELECT refund_pk::text FROM operations WHERE kind = 'refund'
          GROUP BY refund_pk HAVING COUNT(*) > 1
          UNION ALL
          SELECT gateway_key FROM operations GROUP BY gateway_key HAVING COUNT(*) > 1`,
  },
  {
    id: "I17",
    rule: "no webhook is forgotten: it is settled within 30 minutes, or a person was told",
    sql: `SELECT e.id FROM webhook_events e
          WHERE e.state IN ('received', 'parked') AND e.received_at < now() - interval '30 minutes'
            AND NOT EXISTS (SELECT 1 FROM cases c
                            WHERE c.case_key IN ('webhook_unmatched:' || e.id, 'webhook_dead:' || e.id))`,
  },
  {
    id: "I17b",
    rule: "a webhook is taken in once, and what it tells is booked once",
    sql: `SELECT event_id FROM webhook_events GROUP BY gateway, event_id HAVING COUNT(*) > 1
          UNION ALL
          SELECT min(event_id) FROM webhook_events GROUP BY gateway, body_sha256 HAVING COUNT(*) > 1
          UNION ALL
          SELECT source_id FROM journals GROUP BY kind, source_id HAVING COUNT(*) > 1`,
  },
  {
    id: "I18b",
    // Anybody may take a lock over 60 s after it was taken, so only one from the future would stay.
    rule: "no idempotency key is locked for ever",
    sql: `SELECT id::text FROM idempotency_keys
          WHERE state = 'running' AND locked_at > now() + interval '5 minutes'`,
  },
  {
    id: "I21b",
    rule: "no text that we keep holds a card number",
    sql: rowsWithCardNumbers,
  },
  {
    id: "O4",
    rule: "what gateways owe us is captured − refunded − disputed, by gateway and currency",
    sql: `SELECT gateway || ' ' || currency FROM (
            SELECT gateway, currency, captured_minor AS amount FROM transactions
            UNION ALL
            SELECT t.gateway, r.currency, -r.amount_minor FROM refunds r
            JOIN transactions t ON t.id = r.transaction_pk WHERE r.status = 'refunded'
            UNION ALL
            SELECT gateway, currency, -amount_minor FROM disputes WHERE status <> 'won'
            UNION ALL
            SELECT split_part(account, ':', 2), currency, -amount_minor FROM ledger_entries
            WHERE account LIKE 'gateway_receivable:%') movement
          GROUP BY gateway, currency HAVING SUM(amount) <> 0`,
  },
  {
    id: "O4b",
    rule: "the ledger holds back each open dispute's amount, and each lost one's is a loss",
    sql: `SELECT COALESCE(d.dispute_id, booked.dispute_id) FROM disputes d
          FULL JOIN (
            SELECT split_part(j.source_id, '/', 1) AS dispute_id,
                   COALESCE(SUM(e.amount_minor) FILTER (WHERE e.account = 'disputes_held'), 0) AS held,
                   COALESCE(SUM(e.amount_minor) FILTER (WHERE e.account = 'dispute_losses'), 0) AS lost
            FROM ledger_entries e JOIN journals j ON j.id = e.journal_id
            WHERE e.account IN ('disputes_held', 'dispute_losses') GROUP BY 1) booked USING (dispute_id)
          WHERE COALESCE(booked.held, 0)
                  <> CASE WHEN d.status IN ('needs_response', 'under_review') THEN d.amount_minor ELSE 0 END
             OR COALESCE(booked.lost, 0) <> CASE WHEN d.status = 'lost' THEN d.amount_minor ELSE 0 END`,
  },
];
