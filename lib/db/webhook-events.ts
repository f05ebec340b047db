import type { Prisma } from "#db-client";
import type { GatewayName } from "../domain/payment.ts";
import type { WebhookState } from "../domain/webhook.ts";
import { db, type Tx } from "./client.ts";

/** A webhook as staff see it: never its body. */
export type WebhookEventRecord = {
  id: number;
  gateway: GatewayName;
  eventId: string;
  type: string;
  state: WebhookState;
  /** `TXN-…` once it was understood to be about one of ours. */
  transactionId: string | null;
  attempts: number;
  lastError: string;
  receivedAt: Date;
  nextAttemptAt: Date | null;
  settledAt: Date | null;
};

const recordFields = {
  id: true,
  gateway: true,
  eventId: true,
  type: true,
  state: true,
  attempts: true,
  lastError: true,
  receivedAt: true,
  nextAttemptAt: true,
  settledAt: true,
  transaction: { select: { transactionId: true } },
} satisfies Prisma.WebhookEventSelect;

function toRecord({
  transaction,
  ...row
}: Prisma.WebhookEventGetPayload<{ select: typeof recordFields }>): WebhookEventRecord {
  return {
    ...row,
    gateway: row.gateway as GatewayName,
    transactionId: transaction?.transactionId ?? null,
  };
}

/**
 * Takes a webhook into the inbox. Null where it is known already, by the gateway's id of the event or by
 * its very bytes; of any number that come at once, one gets a row.
 */
export async function insertWebhookEvent(
  tx: Tx,
  event: {
    gateway: GatewayName;
    configurationId: number;
    eventId: string;
    body: Uint8Array<ArrayBuffer>;
    bodySha256: Uint8Array<ArrayBuffer>;
  },
): Promise<number | null> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO webhook_events (gateway, configuration_id, event_id, body, body_sha256)
    VALUES (${event.gateway}, ${event.configurationId}, ${event.eventId}, ${event.body},
            ${event.bodySha256})
    ON CONFLICT DO NOTHING
    RETURNING id`;
  return rows[0]?.id ?? null;
}

/** An event that one worker holds. `attempts` counts this one and tells its holder from the next. */
export type ClaimedWebhookEvent = {
  id: number;
  gateway: GatewayName;
  configurationId: number;
  eventId: string;
  body: Uint8Array<ArrayBuffer>;
  attempts: number;
  /** The worker that held it before was gone before it said what came of it. */
  wasInterrupted: boolean;
};

/** What a claimed row says of itself until its holder says more. */
const interrupted = "The worker stopped while it was at work on this.";

/**
 * Takes the right to process one event, if it waits and is due. It comes due again after `leaseMs` should
 * the taker die; of two that come at once, one gets it. Null for the other, and where it is settled
 * or parked for good.
 */
export async function claimWebhookEvent(
  id: number,
  leaseMs: number,
): Promise<ClaimedWebhookEvent | null> {
  // A second early is in time: the job that brings it may have been stamped by a hair sooner.
  const rows = await db().$queryRaw<ClaimedWebhookEvent[]>`
    UPDATE webhook_events SET
      attempts = webhook_events.attempts + 1,
      last_error = ${interrupted},
      next_attempt_at = now() + ${leaseMs} * interval '1 millisecond'
    FROM (SELECT id, last_error FROM webhook_events WHERE id = ${id} FOR UPDATE) before
    WHERE webhook_events.id = before.id
      AND (state = 'received' AND next_attempt_at IS NULL
        OR state IN ('received', 'parked') AND next_attempt_at <= now() + interval '1 second')
    RETURNING webhook_events.id, gateway, configuration_id AS "configurationId",
      event_id AS "eventId", body, attempts, before.last_error = ${interrupted} AS "wasInterrupted"`;
  return rows[0] ?? null;
}

/** What came of one try. `againMs` null: it is not tried again by itself. */
export type WebhookResult = {
  state: WebhookState;
  type: string;
  transactionPk: number | null;
  lastError: string;
  againMs: number | null;
};

/** Writes what came of a try. False where the holder was taken for dead and another holds the event now. */
export async function settleWebhookEvent(
  tx: Tx,
  claim: Pick<ClaimedWebhookEvent, "id" | "attempts">,
  result: WebhookResult,
): Promise<boolean> {
  const isSettled = result.state !== "received" && result.state !== "parked";
  const count = await tx.$executeRaw`
    UPDATE webhook_events SET
      state = ${result.state}::webhook_state,
      type = ${result.type},
      transaction_pk = coalesce(${result.transactionPk}::integer, transaction_pk),
      last_error = ${result.lastError},
      next_attempt_at = now() + ${result.againMs}::bigint * interval '1 millisecond',
      settled_at = CASE WHEN ${isSettled} THEN now() END
    WHERE id = ${claim.id} AND attempts = ${claim.attempts} AND state IN ('received', 'parked')`;
  return count === 1;
}

/**
 * Events whose job was lost: never tried for `untriedMs`, or due again since `lateMs`. An event that is
 * parked for good has no time and is not among them.
 */
export async function findOverdueWebhookEvents(
  limit: number,
  overdue: { untriedMs: number; lateMs: number },
): Promise<number[]> {
  const rows = await db().$queryRaw<{ id: number }[]>`
    SELECT id FROM webhook_events
    WHERE state IN ('received', 'parked')
      AND (next_attempt_at < now() - ${overdue.lateMs} * interval '1 millisecond'
        OR (state = 'received' AND next_attempt_at IS NULL
            AND received_at < now() - ${overdue.untriedMs} * interval '1 millisecond'))
    ORDER BY id
    LIMIT ${limit}`;
  return rows.map((row) => row.id);
}

/** One event under its row's lock, or null. */
export async function lockWebhookEvent(tx: Tx, id: number): Promise<WebhookEventRecord | null> {
  await tx.$queryRaw`SELECT 1 FROM webhook_events WHERE id = ${id} FOR UPDATE`;
  const row = await tx.webhookEvent.findUnique({ where: { id }, select: recordFields });
  return row && toRecord(row);
}

/** Puts an event back to the start, as if it had just come. */
export async function reopenWebhookEvent(tx: Tx, id: number): Promise<WebhookEventRecord> {
  const data = {
    state: "received",
    attempts: 0,
    lastError: "",
    nextAttemptAt: null,
    settledAt: null,
  } as const;
  return toRecord(await tx.webhookEvent.update({ where: { id }, data, select: recordFields }));
}

/** Newest first. */
export async function selectWebhookEvents(filter: {
  limit: number;
  beforeId?: number | undefined;
  state?: WebhookState | undefined;
  gateway?: GatewayName | undefined;
  transactionId?: string | undefined;
}): Promise<WebhookEventRecord[]> {
  const { beforeId, state, gateway, transactionId } = filter;
  const rows = await db().webhookEvent.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(state === undefined ? {} : { state }),
      ...(gateway === undefined ? {} : { gateway }),
      ...(transactionId === undefined ? {} : { transaction: { transactionId } }),
    },
    select: recordFields,
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRecord);
}

/** Adds to the count of webhooks refused today, by gateway and reason. */
export async function addWebhookRejections(
  refused: readonly { gateway: GatewayName; reason: string; count: number }[],
): Promise<void> {
  const json = JSON.stringify(refused);
  await db().$executeRaw`
    INSERT INTO webhook_rejections (gateway, day, reason, count)
    SELECT gateway, (now() AT TIME ZONE 'UTC')::date, reason, count
    FROM jsonb_to_recordset(${json}::jsonb) AS refused (gateway text, reason text, count integer)
    ON CONFLICT (gateway, day, reason)
    DO UPDATE SET count = webhook_rejections.count + EXCLUDED.count`;
}
