import type { MoneyInvariant } from "./money-invariants.ts";

/**
 * SQL: a difference between a stand-in's book and ours is on its way or before a person. The gateway has
 * only just made it and is about to tell; it has told, and the worker is at it; or an open case is about
 * it. `reference` is the gateway's, `transactionId` ours.
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
        AND (position(convert_to(${reference}, 'UTF8') IN e.body) > 0
             OR position(convert_to(${transactionId}, 'UTF8') IN e.body) > 0))
    OR EXISTS (
      SELECT 1 FROM sandbox.events e
      WHERE e.delivered_at IS NULL AND e.next_attempt_at IS NOT NULL
        AND e.created_at > now() - interval '2 minutes'
        AND (strpos(e.payload::text, ${reference}) > 0 OR strpos(e.payload::text, ${transactionId}) > 0)))`;
}

/** The gateways whose books are the sandbox's. */
const remote = "t.gateway <> 'dummy'";

/**
 * The rules that hold the books of the real gateways' stand-ins against ours: where the sandbox has made
 * its schema (sandbox/tables.ts), which production never has.
 */
export const sandboxInvariants: readonly MoneyInvariant[] = [
  {
    id: "I16d",
    rule: "no gateway of the sandbox charged a transaction twice",
    sql: `SELECT gateway || ' ' || merchant_reference FROM sandbox.objects
          WHERE role = 'charge' AND captured_minor > 0 AND merchant_reference <> ''
          GROUP BY gateway, merchant_reference HAVING COUNT(*) > 1`,
  },
  {
    id: "I16e",
    rule: "every charge that the sandbox's gateways took is here, as there, and the other way round",
    sql: `SELECT COALESCE(c.gateway, t.gateway) || ' ' || COALESCE(c.merchant_reference, t.transaction_id)
          FROM (SELECT d.*, COALESCE(
                  -- What was adopted may be filed there under an id that is none of ours.
                  (SELECT a.transaction_id FROM transactions a
                   WHERE a.gateway = d.gateway AND a.gateway_transaction_id = d.charge_id),
                  d.merchant_reference) AS filed_under
                FROM sandbox.objects d WHERE d.role = 'charge' AND d.captured_minor > 0) c
          FULL JOIN (SELECT * FROM transactions t WHERE ${remote}) t
            ON t.gateway = c.gateway AND t.transaction_id = c.filed_under
          WHERE (c.id IS NOT NULL OR t.captured_minor > 0)
            AND (c.captured_minor = t.captured_minor AND c.currency = t.currency
                 AND c.charge_id = t.gateway_transaction_id) IS NOT TRUE
            AND NOT EXISTS (
                  SELECT 1 FROM operations o
                  WHERE o.transaction_pk = t.id AND o.settled_at IS NULL AND o.kind IN ('charge', 'capture')
                    AND c.captured_minor = t.captured_minor + o.amount_minor AND c.currency = t.currency)
            AND NOT ${isTold("COALESCE(c.charge_id, t.gateway_transaction_id)", "COALESCE(t.transaction_id, c.merchant_reference)")}`,
  },
  {
    id: "I16f",
    rule: "every refund in the sandbox's books is here, as there, and the other way round",
    sql: `WITH ours AS (
            SELECT r.*, t.transaction_id, t.gateway, t.gateway_transaction_id FROM refunds r
            JOIN transactions t ON t.id = r.transaction_pk WHERE ${remote}),
          pairs AS (
            SELECT d.gateway, d.id, d.charge_id, d.state, d.amount_minor, COALESCE(s.id, g.id) AS refund_pk
            FROM sandbox.objects d
            LEFT JOIN ours s ON s.gateway = d.gateway AND s.refund_id = d.merchant_reference
            -- Made at the gateway's side: told apart by its id there alone.
            LEFT JOIN ours g ON g.gateway = d.gateway AND g.gateway_refund_id = d.id AND g.source = 'gateway'
            WHERE d.role = 'refund' AND d.state IN ('pending', 'succeeded', 'failed'))
          SELECT COALESCE(p.gateway, r.gateway) || ' ' || COALESCE(p.id, r.refund_id) FROM pairs p
          FULL JOIN ours r ON r.id = p.refund_pk
          LEFT JOIN sandbox.objects c ON c.gateway = p.gateway AND c.role = 'charge' AND c.charge_id = p.charge_id
          WHERE CASE
                  WHEN p.state = 'succeeded' OR r.status = 'refunded' THEN
                    (p.state = 'succeeded' AND r.status = 'refunded' AND p.amount_minor = r.amount_minor
                     AND p.id = r.gateway_refund_id
                     AND p.charge_id = r.gateway_transaction_id) IS NOT TRUE
                    AND (r.status = 'pending' AND p.amount_minor = r.amount_minor) IS NOT TRUE
                  WHEN p.state = 'pending' THEN r.status = 'failed'
                  ELSE false END
            AND NOT ${isTold("COALESCE(p.id, r.gateway_refund_id)", "COALESCE(r.transaction_id, c.merchant_reference)")}`,
  },
  {
    id: "I16g",
    rule: "a charge in the sandbox's books gave back what its refunds say, and never more than it took",
    sql: `SELECT c.gateway || ' ' || c.charge_id FROM sandbox.objects c
          LEFT JOIN sandbox.objects d ON d.gateway = c.gateway AND d.role = 'refund'
            AND d.charge_id = c.charge_id AND d.state IN ('succeeded', 'pending')
          WHERE c.role = 'charge' AND c.captured_minor > 0
          GROUP BY c.gateway, c.kind, c.id
          -- Some count a refund from its beginning, some from its end.
          HAVING c.refunded_minor NOT BETWEEN COALESCE(SUM(d.amount_minor) FILTER (WHERE d.state = 'succeeded'), 0)
                                          AND COALESCE(SUM(d.amount_minor), 0)
              OR COALESCE(SUM(d.amount_minor), 0) > c.captured_minor`,
  },
];
