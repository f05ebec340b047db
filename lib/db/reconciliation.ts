import type { Prisma } from "#db-client";
import type { ClientBase } from "pg";
import { reconciliationKinds, type CaseKind } from "../domain/case.ts";
import { invariant } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { caseKeyOf } from "./cases.ts";
import { db, type Tx } from "./client.ts";
import { exclusively } from "./exclusively.ts";

export type ReconciliationRunRecord = {
  id: number;
  gateway: GatewayName;
  configurationId: number;
  from: Date;
  until: Date;
  /** How many charges the gateway listed. */
  compared: number;
  differences: number;
  /** Empty where all of the list was read. */
  error: string;
  startedAt: Date;
  finishedAt: Date | null;
};

type RunRow = Prisma.ReconciliationRunGetPayload<object>;
const toRun = (row: RunRow): ReconciliationRunRecord => ({
  ...row,
  gateway: row.gateway as GatewayName,
});

const ours = {
  refunds: {
    select: {
      id: true,
      refundId: true,
      gatewayRefundId: true,
      status: true,
      amountMinor: true,
      updatedAt: true,
    },
    orderBy: { id: "asc" },
  },
  operations: {
    select: { id: true, kind: true, state: true, refundPk: true, nextCheckAt: true },
    // What is settled has no next check; what waits for a person has none either.
    orderBy: { createdAt: "asc" },
  },
} satisfies Prisma.TransactionInclude;

/** A payment of ours with what has to agree with the gateway. */
export type OurPayment = Prisma.TransactionGetPayload<{ include: typeof ours }>;

/** Every payment of a gateway that has one of those charges, or is filed there under one of those ids. */
export function findPaymentsOf(
  gateway: GatewayName,
  charges: readonly { reference: string; merchantReference: string }[],
): Promise<OurPayment[]> {
  return db().transaction.findMany({
    where: {
      gateway,
      OR: [
        { gatewayTransactionId: { in: charges.map(({ reference }) => reference) } },
        { transactionId: { in: charges.map(({ merchantReference }) => merchantReference) } },
      ],
    },
    include: ours,
  });
}

/** Says when a charge was made whose operation is written only now: runs look for it at that time. */
export async function dateOperation(tx: Tx, id: string, createdAt: Date): Promise<void> {
  await tx.operation.update({ where: { id }, data: { createdAt } });
}

/** A difference between a gateway's list and ours, to be put before a person. */
export type FoundDifference = {
  kind: CaseKind;
  subject: string;
  gateway: GatewayName;
  transactionId: string | null;
  evidence: Record<string, string>;
};

/**
 * Puts differences before a person, in one statement: one that is open already is seen again, and one
 * that a person dismissed stays so for as long as its evidence is the same.
 */
export async function raiseDifferences(found: readonly FoundDifference[]): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ kind, subject, gateway, transactionId, evidence }) => ({
    kind,
    case_key: caseKeyOf(kind, subject),
    gateway,
    transaction_id: transactionId,
    evidence,
  }));
  await db().$executeRaw`
    INSERT INTO cases (kind, case_key, gateway, transaction_id, evidence)
    SELECT DISTINCT ON (d.case_key) d.kind, d.case_key, d.gateway, d.transaction_id, d.evidence
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS d (kind text, case_key text, gateway text, transaction_id text, evidence jsonb)
    WHERE NOT EXISTS (
      SELECT 1 FROM cases k
      WHERE k.status = 'resolved' AND k.kind = d.kind AND k.case_key = d.case_key
        AND k.resolution = 'dismissed' AND k.evidence = d.evidence)
    ON CONFLICT (case_key) WHERE status = 'open'
    DO UPDATE SET seen_at = now(), evidence = EXCLUDED.evidence`;
}

/** Keeps the open cases about these differences open, with the evidence that they have. */
export async function seeDifferences(
  found: readonly Pick<FoundDifference, "kind" | "subject">[],
): Promise<void> {
  if (found.length === 0) return;
  const keys = found.map(({ kind, subject }) => caseKeyOf(kind, subject));
  await db().$executeRaw`
    UPDATE cases SET seen_at = now() WHERE status = 'open' AND case_key = ANY(${keys})`;
}

/**
 * Ends the cases about charges of the run's account and time that the run has not seen again. Returns
 * how many.
 */
export function clearGoneDifferences(run: ReconciliationRunRecord): Promise<number> {
  return db().$executeRaw`
    UPDATE cases SET status = 'resolved', resolution = 'cleared', resolved_at = now(),
                     note = ${`Reconciliation ${run.id} finds both sides alike.`}
    WHERE status = 'open' AND kind = ANY(${[...reconciliationKinds]}) AND gateway = ${run.gateway}
      AND evidence ->> 'configuration_id' = ${String(run.configurationId)}
      AND (evidence ->> 'charged_at')::timestamptz >= ${run.from}
      AND (evidence ->> 'charged_at')::timestamptz < ${run.until}
      AND seen_at < ${run.startedAt}`;
}

/** Its start is the database's time, as that of `seen_at`: the two are compared. */
export async function insertRun(run: {
  gateway: GatewayName;
  configurationId: number;
  from: Date;
  until: Date;
}): Promise<ReconciliationRunRecord> {
  const [clock] = await db().$queryRaw<{ now: Date }[]>`SELECT now()::timestamptz(3) AS now`;
  invariant(clock, "the database tells the time");
  return toRun(await db().reconciliationRun.create({ data: { ...run, startedAt: clock.now } }));
}

export async function finishRun(
  id: number,
  end: { compared: number; differences: number; error: string },
): Promise<ReconciliationRunRecord> {
  const data = { ...end, finishedAt: new Date() };
  return toRun(await db().reconciliationRun.update({ where: { id }, data }));
}

/** Newest first. */
export async function selectRuns(filter: {
  limit: number;
  beforeId?: number | undefined;
  gateway?: GatewayName | undefined;
}): Promise<ReconciliationRunRecord[]> {
  const { beforeId, gateway } = filter;
  const rows = await db().reconciliationRun.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(gateway === undefined ? {} : { gateway }),
    },
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRun);
}

/** True where a run since `since` compared at least `spanMs` of an account's time, to the end. */
export async function hasComparedSince(
  configurationId: number,
  since: Date,
  spanMs: number,
): Promise<boolean> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT 1 FROM reconciliation_runs
    WHERE configuration_id = ${configurationId} AND started_at >= ${since} AND error = ''
      AND finished_at IS NOT NULL AND until - "from" >= ${spanMs} * interval '1 millisecond' LIMIT 1`;
  return rows.length > 0;
}

/** A payment that we say took or holds money, and that a gateway's list did not have. */
export type UnlistedPayment = {
  id: number;
  transactionId: string;
  reference: string;
  status: string;
  amountMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  currency: string;
  chargedAt: Date;
  updatedAt: Date;
};

/** What a gateway has listed so far, kept on a connection of its own so that no list fills the memory. */
export type Comparison = {
  note(references: readonly string[]): Promise<void>;
  /**
   * Up to `limit` of the account's payments charged within the range that were never noted, after
   * `afterId`.
   */
  unlisted(
    range: { from: Date; until: Date },
    afterId: number,
    limit: number,
  ): Promise<UnlistedPayment[]>;
};

/** Throws `conflict` where the account is being compared by somebody else. */
export function withComparison<T>(
  configurationId: number,
  work: (comparison: Comparison) => Promise<T>,
): Promise<T> {
  const busy = "This gateway is being compared already. Try again later.";
  return exclusively("reconciliation", configurationId, busy, async (client) => {
    await client.query("CREATE TEMP TABLE listed_charges (reference text PRIMARY KEY)");
    return work(comparisonOn(client, configurationId));
  });
}

function comparisonOn(client: ClientBase, configurationId: number): Comparison {
  return {
    note: async (references) => {
      await client.query(
        "INSERT INTO listed_charges SELECT DISTINCT unnest($1::text[]) ON CONFLICT DO NOTHING",
        [references],
      );
    },
    unlisted: async ({ from, until }, afterId, limit) => {
      const { rows } = await client.query<Record<string, never>>(unlistedPayments, [
        configurationId,
        from,
        until,
        afterId,
        limit,
      ]);
      return rows.map(toUnlisted);
    },
  };
}

const unlistedPayments = `
  SELECT t.id, t.transaction_id, t.gateway_transaction_id, t.status::text, t.amount_minor::text,
         t.captured_minor::text, t.refunded_minor::text, t.currency, o.created_at,
         t.updated_at
  FROM transactions t
  JOIN operations o ON o.transaction_pk = t.id AND o.kind = 'charge' AND o.state = 'succeeded'
  WHERE t.configuration_id = $1 AND (t.captured_minor > 0 OR t.status = 'authorized')
    AND o.created_at >= $2 AND o.created_at < $3 AND t.id > $4
    AND NOT EXISTS (SELECT 1 FROM listed_charges l WHERE l.reference = t.gateway_transaction_id)
  ORDER BY t.id LIMIT $5`;

function toUnlisted(row: Record<string, unknown>): UnlistedPayment {
  return {
    id: row.id as number,
    transactionId: row.transaction_id as string,
    reference: (row.gateway_transaction_id as string | null) ?? "",
    status: row.status as string,
    amountMinor: BigInt(row.amount_minor as string),
    capturedMinor: BigInt(row.captured_minor as string),
    refundedMinor: BigInt(row.refunded_minor as string),
    currency: row.currency as string,
    chargedAt: row.created_at as Date,
    updatedAt: row.updated_at as Date,
  };
}
