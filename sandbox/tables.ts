/**
 * The sandbox's own tables, in a schema of their own: the gateways' side is no part of the shop's data
 * model and its migrations. Made when the sandbox starts; a production database has none of it.
 */
import type pg from "pg";

const statements = `
CREATE SCHEMA IF NOT EXISTS sandbox;
CREATE TABLE IF NOT EXISTS sandbox.objects (
  gateway text NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  parent text,
  data jsonb NOT NULL,
  -- What checks read, in the shop's minor units.
  role text,
  state text,
  merchant_reference text,
  charge_id text,
  amount_minor bigint,
  captured_minor bigint,
  refunded_minor bigint,
  currency text,
  due_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (gateway, kind, id));
CREATE INDEX IF NOT EXISTS objects_by_reference ON sandbox.objects (gateway, merchant_reference);
CREATE INDEX IF NOT EXISTS objects_by_charge ON sandbox.objects (gateway, charge_id);
CREATE INDEX IF NOT EXISTS objects_by_parent ON sandbox.objects (gateway, kind, parent, seq);
CREATE INDEX IF NOT EXISTS objects_by_seq ON sandbox.objects (gateway, kind, seq);
CREATE INDEX IF NOT EXISTS objects_due ON sandbox.objects (gateway, due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS sandbox.calls (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  idempotency_key text,
  moves_money boolean NOT NULL,
  fault text,
  status integer,
  at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS sandbox.answers (
  gateway text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status integer,
  body jsonb,
  headers jsonb,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (gateway, key));
CREATE TABLE IF NOT EXISTS sandbox.faults (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway text NOT NULL,
  mode text NOT NULL,
  remaining integer NOT NULL,
  delay_ms integer NOT NULL);
CREATE TABLE IF NOT EXISTS sandbox.events (
  gateway text NOT NULL,
  id text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  payload jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz DEFAULT now(),
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (gateway, id));
CREATE INDEX IF NOT EXISTS events_waiting ON sandbox.events (gateway, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS sandbox.clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), offset_s bigint NOT NULL);
INSERT INTO sandbox.clock (offset_s) VALUES (0) ON CONFLICT DO NOTHING;
`;

/** Makes the sandbox's tables where they are missing; two processes may do so at once. */
export async function makeTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(72682103)");
    await client.query(statements);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
