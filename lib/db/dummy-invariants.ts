import type { MoneyInvariant } from "./money-invariants.ts";

/**
 * SQL: a difference between the dummy gateway's book and ours is on its way or before a person. The
 * gateway has only just made it and is about to tell; it has told, and the worker is at it; or an open
 * case is about it. `reference` is the gateway's, `transactionId` ours.
 */
function isTold(reference: string, transactionId: string): string {
  return `(EXISTS (
      SELECT 1 FROM cases k
      WHERE k.status = 'open' AND k.kind IN ('outcome_unknown', 'amount_mismatch', 'missing_here',
              'missing_there', 'amount_differs', 'status_differs', 'webhook_unmatched', 'webhook_dead')
        AND (k.transaction_id = ${transactionId} OR strpos(k.case_key || k.evidence::text, ${reference}) > 0))
    OR EXISTS (
      SELECT 1 FROM webhook_events e
      WHERE (e.state IN ('received', 'parked')
             OR e.state = 'dead' AND EXISTS (SELECT 1 FROM cases k WHERE k.status = 'open'
                                               AND k.case_key = 'webhook_dead:' || e.id))
        AND position(convert_to(${reference}, 'UTF8') IN e.body) > 0)
    OR EXISTS (
      SELECT 1 FROM dummy_events e
      WHERE e.delivered_at IS NULL AND e.next_attempt_at IS NOT NULL
        AND e.created_at > now() - interval '2 minutes' AND strpos(e.payload::text, ${reference}) > 0))`;
}

/** The rules that hold the dummy gateway's own book against ours. */
export const dummyInvariants: readonly MoneyInvariant[] = [
  {
    id: "I16a",
    rule: "the dummy gateway charged no transaction twice",
    sql: `SELECT merchant_reference FROM dummy_charges
          WHERE state IN ('succeeded', 'authorized') OR captured_minor > 0
          GROUP BY 1 HAVING COUNT(*) > 1`,
  },
  {
    id: "I16b",
    rule: "every charge that the dummy gateway took is here, as there, and the other way round",
    sql: `SELECT COALESCE(c.merchant_reference, t.transaction_id)
          FROM (SELECT d.*, COALESCE(
                  -- What was adopted may be filed there under an id that is none of ours.
                  (SELECT a.transaction_id FROM transactions a
                   WHERE a.gateway = 'dummy' AND a.gateway_transaction_id = d.reference),
                  d.merchant_reference) AS filed_under
                FROM dummy_charges d WHERE d.state = 'succeeded' OR d.captured_minor > 0) c
          FULL JOIN (SELECT * FROM transactions WHERE gateway = 'dummy') t
            ON t.transaction_id = c.filed_under
          WHERE (c.reference IS NOT NULL OR t.captured_minor > 0)
            AND (c.captured_minor = t.captured_minor AND c.currency = t.currency
                 AND c.reference = t.gateway_transaction_id) IS NOT TRUE
            AND NOT EXISTS (
                  SELECT 1 FROM operations o
                  WHERE o.transaction_pk = t.id AND o.settled_at IS NULL AND o.kind IN ('charge', 'capture')
                    AND c.captured_minor = t.captured_minor + o.amount_minor AND c.currency = t.currency)
            AND NOT ${isTold("COALESCE(c.reference, t.gateway_transaction_id)", "COALESCE(c.merchant_reference, t.transaction_id)")}`,
  },
  {
    id: "I16c",
    rule: "every refund in the dummy gateway's book is here, as there, and the other way round",
    sql: `WITH ours AS (
            SELECT r.*, t.transaction_id, t.gateway_transaction_id FROM refunds r
            JOIN transactions t ON t.id = r.transaction_pk WHERE t.gateway = 'dummy'),
          pairs AS (
            SELECT d.reference, d.charge_reference, d.state, d.amount_minor, COALESCE(s.id, g.id) AS refund_pk
            FROM dummy_refunds d
            LEFT JOIN ours s ON s.refund_id = d.merchant_reference
            -- Made at the gateway's side: told apart by its id there alone.
            LEFT JOIN ours g ON g.gateway_refund_id = d.reference AND g.source = 'gateway'
            WHERE d.state <> 'refused')
          SELECT COALESCE(p.reference, r.refund_id) FROM pairs p
          FULL JOIN ours r ON r.id = p.refund_pk
          LEFT JOIN dummy_charges c ON c.reference = p.charge_reference
          WHERE CASE
                  WHEN p.state = 'succeeded' OR r.status = 'refunded' THEN
                    (p.state = 'succeeded' AND r.status = 'refunded' AND p.amount_minor = r.amount_minor
                     AND p.reference = r.gateway_refund_id
                     AND p.charge_reference = r.gateway_transaction_id) IS NOT TRUE
                    AND (r.status = 'pending' AND p.amount_minor = r.amount_minor) IS NOT TRUE
                  WHEN p.state = 'pending' THEN r.status = 'failed'
                  ELSE false END
            AND NOT ${isTold("COALESCE(p.reference, r.gateway_refund_id)", "COALESCE(r.transaction_id, c.merchant_reference)")}
          UNION ALL
          SELECT c.reference FROM dummy_charges c
          LEFT JOIN dummy_refunds d ON d.charge_reference = c.reference AND d.state IN ('succeeded', 'pending')
          GROUP BY c.reference
          HAVING c.refunded_minor <> COALESCE(SUM(d.amount_minor) FILTER (WHERE d.state = 'succeeded'), 0)
              OR COALESCE(SUM(d.amount_minor), 0) > c.captured_minor`,
  },
];
