import { Prisma } from "#db-client";
import { bookDb } from "./client.ts";

/** The time at the dummy gateway: the machine's, and as much as its clock was moved ahead. */
export const gatewayNow = Prisma.sql`(now() + COALESCE((SELECT MAX(clock_offset_s) FROM dummy_accounts), 0) * interval '1 second')`;

/** The gateway's time so many milliseconds from now, or none. */
export function gatewayTimeIn(ms: number | null): Prisma.Sql {
  return ms === null
    ? Prisma.sql`NULL::timestamptz`
    : Prisma.sql`${gatewayNow} + ${ms} * interval '1 millisecond'`;
}

/**
 * A statement that writes one event for each row of `source` whose type is not null: to be part of the
 * statement or transaction that changes the book, so that what is told has happened and the other way
 * round. Without an account there is nobody to tell.
 */
function insertEvents(type: Prisma.Sql, data: Prisma.Sql, source: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO dummy_events (event_id, type, payload)
    SELECT e.id, e.type, jsonb_build_object('id', e.id, 'type', e.type, 'data', e.data,
             'created', floor(extract(epoch FROM now()))::bigint + account.clock_offset_s)
    FROM (SELECT clock_offset_s FROM dummy_accounts ORDER BY merchant_id LIMIT 1) account,
         (SELECT 'evt_' || replace(gen_random_uuid()::text, '-', '') AS id,
                 ${type} AS type, ${data} AS data FROM ${source}) e
    WHERE e.type IS NOT NULL`;
}

const isoTime = (column: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const chargeType = Prisma.sql`CASE
  WHEN c.state = 'voided' OR c.voided_minor > 0 THEN 'charge.voided'
  WHEN c.state = 'succeeded' THEN 'charge.succeeded'
  WHEN c.state = 'authorized' THEN 'charge.authorized'
  WHEN c.state = 'declined' THEN 'charge.failed' END`;

const chargeData = Prisma.sql`jsonb_build_object(
  'reference', c.reference, 'merchant_reference', c.merchant_reference, 'state', c.state,
  'capture_method', c.capture_method::text, 'currency', c.currency::text,
  'amount_minor', c.amount_minor::text, 'captured_minor', c.captured_minor::text,
  'voided_minor', c.voided_minor::text, 'refunded_minor', c.refunded_minor::text,
  'decline_code', c.decline_code, 'card_brand', c.card_brand, 'card_last4', c.card_last4,
  'expires_at', ${isoTime(Prisma.sql`c.expires_at`)})`;

/** Tells of the charges that a statement before it in the same WITH, called `charge`, has changed. */
export const tellOfCharges = insertEvents(chargeType, chargeData, Prisma.sql`charge c`);

/** Tells of the state that a charge has come to. */
export function tellOfCharge(reference: string): Prisma.Sql {
  return insertEvents(
    chargeType,
    chargeData,
    Prisma.sql`dummy_charges c WHERE c.reference = ${reference}`,
  );
}

/** Tells of a capture that was made. What it was refused is told to the caller alone. */
export function tellOfCapture(reference: string): Prisma.Sql {
  return insertEvents(
    Prisma.sql`'capture.' || h.state`,
    Prisma.sql`jsonb_build_object(
      'reference', h.reference, 'charge_reference', h.charge_reference,
      'merchant_reference', c.merchant_reference, 'state', h.state,
      'amount_minor', h.amount_minor::text, 'currency', c.currency::text)`,
    Prisma.sql`dummy_captures h JOIN dummy_charges c ON c.reference = h.charge_reference
               WHERE h.reference = ${reference} AND h.kind = 'capture' AND h.state = 'succeeded'`,
  );
}

/** Tells of the state that a refund has come to; one that was refused never was. */
export function tellOfRefund(reference: string): Prisma.Sql {
  return insertEvents(
    Prisma.sql`'refund.' || r.state`,
    Prisma.sql`jsonb_build_object(
      'reference', r.reference, 'merchant_reference', r.merchant_reference,
      'charge_reference', r.charge_reference, 'charge_merchant_reference', c.merchant_reference,
      'state', r.state, 'amount_minor', r.amount_minor::text, 'currency', c.currency::text)`,
    Prisma.sql`dummy_refunds r JOIN dummy_charges c ON c.reference = r.charge_reference
               WHERE r.reference = ${reference} AND r.state <> 'refused'`,
  );
}

/** Tells of the state that a dispute has come to. */
export function tellOfDispute(reference: string): Prisma.Sql {
  return insertEvents(
    Prisma.sql`'dispute.' || CASE d.state WHEN 'needs_response' THEN 'opened' ELSE d.state END`,
    Prisma.sql`jsonb_build_object(
      'reference', d.reference, 'charge_reference', d.charge_reference,
      'merchant_reference', c.merchant_reference, 'state', d.state, 'reason', d.reason,
      'amount_minor', d.amount_minor::text, 'currency', c.currency::text,
      'due_by', ${isoTime(Prisma.sql`d.due_by`)})`,
    Prisma.sql`dummy_disputes d JOIN dummy_charges c ON c.reference = d.charge_reference
               WHERE d.reference = ${reference}`,
  );
}

/** An event on its way to the merchant. */
export type DueEvent = {
  id: number;
  eventId: string;
  payload: Record<string, unknown>;
  /** This one included. */
  attempts: number;
  createdAt: Date;
};

const eventColumns = Prisma.sql`e.id, e.event_id AS "eventId", e.payload, e.attempts, e.created_at AS "createdAt"`;

/** Takes events that are due for `leaseMs`, oldest first: no other deliverer gets them meanwhile. */
export async function claimDueEvents(limit: number, leaseMs: number): Promise<DueEvent[]> {
  const rows = await bookDb().$queryRaw<DueEvent[]>`
    UPDATE dummy_events e
    SET attempts = attempts + 1, next_attempt_at = now() + ${leaseMs} * interval '1 millisecond'
    WHERE id IN (
      SELECT id FROM dummy_events WHERE next_attempt_at <= now() AND delivered_at IS NULL
      ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING ${eventColumns}`;
  return rows.sort((a, b) => a.id - b.id);
}

/** The event was taken in, or is never to be sent. */
export async function markDelivered(id: number): Promise<void> {
  await bookDb().$executeRaw`
    UPDATE dummy_events SET delivered_at = now(), next_attempt_at = NULL WHERE id = ${id}`;
}

/** The event is sent (again) in that time; null: never. */
export async function sendEventLater(id: number, inMs: number | null): Promise<void> {
  await bookDb().$executeRaw`
    UPDATE dummy_events SET next_attempt_at =
      CASE WHEN ${inMs}::float8 IS NULL THEN NULL ELSE now() + ${inMs}::float8 * interval '1 millisecond' END
    WHERE id = ${id} AND delivered_at IS NULL`;
}

/** The newest event that was delivered before that one, or null. */
export async function findDeliveredBefore(id: number): Promise<DueEvent | null> {
  const [row] = await bookDb().$queryRaw<DueEvent[]>`
    SELECT ${eventColumns} FROM dummy_events e
    WHERE e.id < ${id} AND e.delivered_at IS NOT NULL ORDER BY e.id DESC LIMIT 1`;
  return row ?? null;
}
