import { dummyInvariants } from "./dummy-invariants.ts";

/** A statement that must find no row, whatever happened. `sql` counts the violations. */
export type MoneyInvariant = { id: string; rule: string; sql: string };

/** The rules of payments, their ledger and audit, and the dummy gateway's book. */
export const moneyInvariants: readonly MoneyInvariant[] = [
  {
    id: "I1",
    rule: "refunds, pending ones too, never exceed the capture",
    sql: `SELECT t.id FROM transactions t JOIN refunds r ON r.transaction_pk = t.id AND r.status <> 'failed'
          GROUP BY t.id HAVING SUM(r.amount_minor) > t.captured_minor`,
  },
  {
    id: "I2",
    rule: "an order has one kept capture at most",
    sql: `SELECT order_id FROM transactions WHERE captured_minor > 0 AND NOT excess_capture
          GROUP BY 1 HAVING COUNT(*) > 1`,
  },
  {
    id: "I3",
    rule: "an order has one payment in flight or paid at most",
    sql: `SELECT order_id FROM transactions
          WHERE status IN ('processing','requires_action','authorized','success','partially_refunded')
            AND NOT excess_capture
          GROUP BY 1 HAVING COUNT(*) > 1`,
  },
  {
    id: "I4",
    rule: "owner, currency and amount are the order's",
    sql: `SELECT t.id FROM transactions t JOIN orders o ON o.id = t.order_id
          WHERE t.user_id <> o.user_id OR t.currency <> o.currency
             OR (t.captured_minor > 0 AND NOT t.excess_capture AND t.amount_minor <> o.amount_minor)`,
  },
  {
    id: "I5",
    rule: "amounts are within bounds and agree with the status",
    sql: `SELECT id FROM transactions
          WHERE amount_minor <= 0 OR captured_minor < 0 OR captured_minor > amount_minor
             OR (capture_method = 'automatic' AND (captured_minor NOT IN (0, amount_minor) OR authorized_minor <> 0))
             OR (capture_method = 'manual'
                 AND captured_minor + voided_minor + authorization_pending_minor > authorized_minor)
             OR (status IN ('pending','requires_action','processing','authorized','failed','cancelled')
                 AND captured_minor <> 0)
          UNION ALL
          SELECT r.id FROM refunds r JOIN transactions t ON t.id = r.transaction_pk
          WHERE r.amount_minor <= 0 OR r.currency <> t.currency
          UNION ALL
          SELECT d.id FROM disputes d JOIN transactions t ON t.id = d.transaction_pk
          WHERE d.amount_minor <= 0 OR d.currency <> t.currency OR d.gateway <> t.gateway`,
  },
  {
    id: "I5b",
    rule: "the sums on a transaction are the sums of its refunds, disputes, captures and reservations",
    sql: `SELECT t.id FROM transactions t LEFT JOIN refunds r ON r.transaction_pk = t.id GROUP BY t.id
          HAVING t.refunded_minor <> COALESCE(SUM(r.amount_minor) FILTER (WHERE r.status = 'refunded'), 0)
              OR t.refund_pending_minor <> COALESCE(SUM(r.amount_minor) FILTER (WHERE r.status = 'pending'), 0)
          UNION ALL
          SELECT t.id FROM transactions t LEFT JOIN disputes d ON d.transaction_pk = t.id GROUP BY t.id
          HAVING t.disputed_minor <> COALESCE(SUM(d.amount_minor) FILTER (WHERE d.status <> 'won'), 0)
          UNION ALL
          SELECT t.id FROM transactions t
          LEFT JOIN operations o ON o.transaction_pk = t.id AND o.kind IN ('capture', 'void')
          WHERE t.capture_method = 'manual' GROUP BY t.id
          HAVING t.authorization_pending_minor
                   <> COALESCE(SUM(o.amount_minor) FILTER (WHERE o.settled_at IS NULL), 0)
              OR t.captured_minor NOT IN (
                   COALESCE(SUM(o.amount_minor) FILTER (WHERE o.kind = 'capture' AND o.state = 'succeeded'), 0),
                   t.amount_minor)`,
  },
  {
    id: "I6",
    rule: "every journal balances, and so does the whole book",
    sql: `SELECT journal_id::text FROM ledger_entries GROUP BY journal_id, currency HAVING SUM(amount_minor) <> 0
          UNION ALL
          SELECT currency FROM ledger_entries GROUP BY currency HAVING SUM(amount_minor) <> 0`,
  },
  {
    id: "I7",
    rule: "one journal a capture, one a refund and its failure, none else",
    sql: `SELECT t.transaction_id FROM transactions t
          LEFT JOIN journals j ON j.kind = 'capture' AND j.source_id = t.transaction_id
          WHERE t.capture_method = 'automatic'
          GROUP BY t.id HAVING COUNT(j.id) <> (t.captured_minor > 0)::int
          UNION ALL
          SELECT o.id::text FROM operations o
          LEFT JOIN journals j ON j.kind = 'capture' AND j.source_id = o.id::text
          WHERE o.kind = 'capture' GROUP BY o.id HAVING COUNT(j.id) <> (o.state = 'succeeded')::int
          UNION ALL
          SELECT r.refund_id FROM refunds r
          LEFT JOIN journals j ON j.transaction_pk = r.transaction_pk AND split_part(j.source_id, '/', 1) = r.refund_id
          GROUP BY r.id
          HAVING COUNT(j.id) FILTER (WHERE j.kind = 'refund') - COUNT(j.id) FILTER (WHERE j.kind = 'refund_failed')
                 <> (r.status = 'refunded')::int
          UNION ALL
          SELECT j.source_id FROM journals j
          WHERE CASE j.kind
            WHEN 'capture' THEN NOT EXISTS (SELECT 1 FROM transactions t
                                            WHERE t.id = j.transaction_pk AND t.transaction_id = j.source_id)
                            AND NOT EXISTS (SELECT 1 FROM operations o
                                            WHERE o.transaction_pk = j.transaction_pk AND o.kind = 'capture'
                                              AND o.id::text = j.source_id)
            WHEN 'dispute' THEN NOT EXISTS (SELECT 1 FROM disputes d
                                            WHERE d.transaction_pk = j.transaction_pk
                                              AND d.dispute_id = split_part(j.source_id, '/', 1))
            ELSE NOT EXISTS (SELECT 1 FROM refunds r
                             WHERE r.transaction_pk = j.transaction_pk
                               AND r.refund_id = split_part(j.source_id, '/', 1)) END`,
  },
  {
    id: "I8",
    rule: "what the ledger says of a payment is what the payment says",
    sql: `SELECT t.transaction_id FROM transactions t
          LEFT JOIN journals j ON j.transaction_pk = t.id
          LEFT JOIN ledger_entries e ON e.journal_id = j.id
          GROUP BY t.id
          HAVING t.captured_minor <> COALESCE(SUM(-e.amount_minor) FILTER (WHERE e.account = 'sales'), 0)
              OR t.refunded_minor <> COALESCE(SUM(e.amount_minor) FILTER (WHERE e.account = 'refunds'), 0)
              OR t.captured_minor - t.refunded_minor - t.disputed_minor
                 <> COALESCE(SUM(e.amount_minor) FILTER (WHERE e.account = 'gateway_receivable:' || t.gateway), 0)
              OR COUNT(*) FILTER (WHERE e.currency <> t.currency) > 0
          UNION ALL
          SELECT r.refund_id FROM refunds r
          JOIN journals j ON j.kind IN ('refund', 'refund_failed') AND j.transaction_pk = r.transaction_pk
            AND split_part(j.source_id, '/', 1) = r.refund_id
          JOIN ledger_entries e ON e.journal_id = j.id AND e.account = 'refunds'
          WHERE abs(e.amount_minor) <> r.amount_minor
          UNION ALL
          SELECT o.id::text FROM operations o
          JOIN journals j ON j.kind = 'capture' AND j.source_id = o.id::text
          JOIN ledger_entries e ON e.journal_id = j.id AND e.account = 'sales'
          WHERE -e.amount_minor <> o.amount_minor`,
  },
  {
    id: "I9",
    rule: "a captured payment's status agrees with its refunds",
    sql: `SELECT t.id FROM transactions t
          LEFT JOIN refunds r ON r.transaction_pk = t.id AND r.status = 'refunded'
          WHERE t.captured_minor > 0 GROUP BY t.id
          HAVING t.status::text <> CASE
            WHEN COALESCE(SUM(r.amount_minor), 0) = 0 THEN 'success'
            WHEN SUM(r.amount_minor) = t.captured_minor THEN 'refunded'
            ELSE 'partially_refunded' END`,
  },
  {
    id: "I10",
    rule: "the audit tells each status, without a gap",
    sql: `SELECT t.transaction_id FROM transactions t
          LEFT JOIN LATERAL (
            SELECT to_status FROM audit_events a
            WHERE a.entity = 'transaction' AND a.entity_id = t.transaction_id AND a.to_status IS NOT NULL
            ORDER BY seq DESC LIMIT 1) a ON true
          WHERE a.to_status IS DISTINCT FROM t.status::text
          UNION ALL
          SELECT r.refund_id FROM refunds r
          LEFT JOIN LATERAL (
            SELECT to_status FROM audit_events a
            WHERE a.entity = 'refund' AND a.entity_id = r.refund_id AND a.to_status IS NOT NULL
            ORDER BY seq DESC LIMIT 1) a ON true
          WHERE a.to_status IS DISTINCT FROM r.status::text
          UNION ALL
          SELECT d.dispute_id FROM disputes d
          LEFT JOIN LATERAL (
            SELECT to_status FROM audit_events a
            WHERE a.entity = 'dispute' AND a.entity_id = d.dispute_id AND a.to_status IS NOT NULL
            ORDER BY seq DESC LIMIT 1) a ON true
          WHERE a.to_status IS DISTINCT FROM d.status::text
          UNION ALL
          SELECT entity_id FROM (
            SELECT entity_id, from_status,
                   LAG(to_status) OVER (PARTITION BY entity, entity_id ORDER BY seq) AS previous
            FROM audit_events WHERE to_status IS NOT NULL AND entity IN ('transaction', 'refund', 'dispute')) path
          WHERE previous IS DISTINCT FROM from_status`,
  },
  {
    id: "I11",
    rule: "only legal moves were made",
    sql: `SELECT a.seq FROM audit_events a
          LEFT JOIN status_moves m USING (entity, from_status, to_status)
          WHERE a.entity IN ('transaction', 'refund', 'dispute')
            AND a.from_status IS NOT NULL AND a.to_status IS NOT NULL AND m.entity IS NULL`,
  },
  {
    id: "I13",
    rule: "a gateway's id is used once",
    sql: `SELECT gateway_transaction_id FROM transactions WHERE gateway_transaction_id IS NOT NULL
          GROUP BY gateway, gateway_transaction_id HAVING COUNT(*) > 1`,
  },
  {
    id: "I14",
    rule: "a transaction has one succeeded and one open charge at most",
    sql: `SELECT transaction_pk FROM operations WHERE kind = 'charge' GROUP BY 1
          HAVING COUNT(*) FILTER (WHERE state = 'succeeded') > 1
              OR COUNT(*) FILTER (WHERE settled_at IS NULL) > 1`,
  },
  {
    id: "I15",
    rule: "nothing is stuck: what is open has a next check, or a person was told",
    sql: `SELECT o.id::text FROM operations o JOIN transactions t ON t.id = o.transaction_pk
          WHERE o.settled_at IS NULL AND o.created_at < now() - interval '15 minutes'
            AND (o.next_check_at IS NULL OR o.next_check_at < now() - interval '15 minutes')
            AND NOT EXISTS (SELECT 1 FROM cases c
                            WHERE c.status = 'open' AND c.transaction_id = t.transaction_id)
          UNION ALL
          SELECT t.transaction_id FROM transactions t
          WHERE t.status IN ('processing', 'requires_action')
            AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.transaction_pk = t.id AND o.kind = 'charge'
                            AND o.settled_at IS NULL)
          UNION ALL
          SELECT r.refund_id FROM refunds r
          WHERE r.status = 'pending'
            AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.refund_pk = r.id AND o.settled_at IS NULL)`,
  },
  ...dummyInvariants,
  {
    id: "I18",
    rule: "a finished idempotency key has its answer",
    sql: `SELECT id::text FROM idempotency_keys
          WHERE state = 'finished' AND (response_status IS NULL OR response_body IS NULL)`,
  },
  {
    id: "I19",
    rule: "each paid order is told once",
    sql: `SELECT t.transaction_id FROM transactions t WHERE captured_minor > 0 AND NOT excess_capture
            AND (SELECT COUNT(*) FROM outbox_messages o
                 WHERE o.topic = 'order.paid' AND o.dedupe_key = t.transaction_id) <> 1`,
  },
  {
    id: "I20",
    rule: "an order is paid exactly when a kept capture exists",
    sql: `SELECT o.order_number FROM orders o
          WHERE (o.status = 'paid') <> EXISTS (SELECT 1 FROM transactions t
            WHERE t.order_id = o.id AND t.captured_minor > 0 AND NOT t.excess_capture)`,
  },
  {
    id: "I20b",
    rule: "an order's amount is the sum of its lines",
    sql: `SELECT o.order_number FROM orders o LEFT JOIN order_items i ON i.order_id = o.id GROUP BY o.id
          HAVING o.amount_minor <> COALESCE(SUM(i.unit_amount_minor * i.quantity), 0)`,
  },
  {
    id: "I21",
    rule: "no card number or card field is stored",
    sql: `SELECT transaction_id FROM transactions
          WHERE (metadata::text || error_message) ~ '(?<![0-9])[0-9]{13,19}(?![0-9])'
             OR metadata::text ~* '"(cvv|cvc|card_?number|pan|expiry[a-z_]*)"'
          UNION ALL
          SELECT id::text FROM idempotency_keys WHERE response_body ~* '"(cvv|cvc|card_?number)"'`,
  },
  {
    id: "I22",
    rule: "gateway secrets are stored as ciphertext only",
    sql: `SELECT id::text FROM payment_configurations
          WHERE num_nulls(secret_ciphertext, wrapped_data_key, master_key_version) NOT IN (0, 3)
             OR (secret_ciphertext IS NULL AND gateway <> 'dummy')`,
  },
];
