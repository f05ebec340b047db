import type { Prisma } from "#db-client";
import { caseKinds, type CaseKind, type CaseResolution } from "../domain/case.ts";
import { db, type Tx } from "./client.ts";

/** Something that waits for a person, or did. */
export type CaseRecord = {
  id: number;
  kind: CaseKind;
  caseKey: string;
  status: "open" | "resolved";
  gateway: string | null;
  transactionId: string | null;
  evidence: Record<string, unknown>;
  resolution: CaseResolution | null;
  note: string;
  resolvedByEmail: string | null;
  createdAt: Date;
  seenAt: Date;
  resolvedAt: Date | null;
};

export type NewCase = {
  kind: CaseKind;
  /** What it is about, e.g. `REF-…`: kind and subject together are one open case at a time. */
  subject: string;
  gateway?: string | null;
  transactionId?: string | null;
  /** What a person needs to decide, without anything secret. Amounts as decimal strings. */
  evidence?: Prisma.InputJsonObject;
};

const include = { resolvedBy: { select: { email: true } } } satisfies Prisma.CaseInclude;

function toRecord(row: Prisma.CaseGetPayload<{ include: typeof include }>): CaseRecord {
  return {
    id: row.id,
    kind: row.kind as CaseKind,
    caseKey: row.caseKey,
    status: row.status,
    gateway: row.gateway,
    transactionId: row.transactionId,
    evidence: row.evidence as Record<string, unknown>,
    resolution: row.resolution as CaseResolution | null,
    note: row.note,
    resolvedByEmail: row.resolvedBy?.email ?? null,
    createdAt: row.createdAt,
    seenAt: row.seenAt,
    resolvedAt: row.resolvedAt,
  };
}

export const caseKeyOf = (kind: CaseKind, subject: string): string => `${kind}:${subject}`;

/** Puts something before a person; a finding that is open already is only seen again. */
export async function raiseCase(tx: Tx, found: NewCase): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO cases (kind, case_key, gateway, transaction_id, evidence)
    VALUES (${found.kind}, ${caseKeyOf(found.kind, found.subject)}, ${found.gateway ?? null},
            ${found.transactionId ?? null}, ${JSON.stringify(found.evidence ?? {})}::jsonb)
    ON CONFLICT (case_key) WHERE status = 'open'
    DO UPDATE SET seen_at = now(), evidence = EXCLUDED.evidence`;
}

/** Ends whichever of these cases are open: they are so no longer, with nobody's help. One statement. */
export async function clearCases(tx: Tx, caseKeys: readonly string[], note: string): Promise<void> {
  await tx.case.updateMany({
    where: { caseKey: { in: [...caseKeys] }, status: "open" },
    data: { status: "resolved", resolution: "cleared", note, resolvedAt: new Date() },
  });
}

/** Ends a case if it is open. True where this call ended it. `resolvedById` null: nobody had to. */
export async function resolveCase(
  tx: Tx,
  caseKey: string,
  end: { resolution: CaseResolution; note?: string; resolvedById?: number | null },
): Promise<boolean> {
  const { count } = await tx.case.updateMany({
    where: { caseKey, status: "open" },
    data: {
      status: "resolved",
      resolution: end.resolution,
      note: end.note ?? "",
      resolvedById: end.resolvedById ?? null,
      resolvedAt: new Date(),
    },
  });
  return count === 1;
}

/**
 * Ends one case for a person. One that what they did has cleared since `since` is theirs too. False where
 * it was closed otherwise: of two at once, one gets it.
 */
export async function closeCase(
  tx: Tx,
  id: number,
  end: { resolution: CaseResolution; note: string; resolvedById: number; since: Date },
): Promise<boolean> {
  const { since, ...resolved } = end;
  const { count } = await tx.case.updateMany({
    where: {
      id,
      OR: [
        { status: "open" },
        { resolution: "cleared", resolvedById: null, resolvedAt: { gte: since } },
      ],
    },
    data: { ...resolved, status: "resolved", resolvedAt: new Date() },
  });
  return count === 1;
}

export async function findCase(id: number, tx: Tx = db()): Promise<CaseRecord | null> {
  const row = await tx.case.findUnique({ where: { id }, include });
  return row && toRecord(row);
}

/** Newest first. */
export async function selectCases(filter: {
  limit: number;
  beforeId?: number | undefined;
  status?: "open" | "resolved" | undefined;
  kinds?: readonly CaseKind[] | undefined;
  transactionId?: string | undefined;
}): Promise<CaseRecord[]> {
  const { beforeId, status, kinds, transactionId } = filter;
  const rows = await db().case.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(status === undefined ? {} : { status }),
      ...(kinds === undefined ? {} : { kind: { in: [...kinds] } }),
      ...(transactionId === undefined ? {} : { transactionId }),
    },
    include,
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRecord);
}

/** How many cases of each kind are open. */
export async function countOpenCases(): Promise<Partial<Record<CaseKind, number>>> {
  const groups = await db().case.groupBy({
    by: ["kind"],
    where: { status: "open" },
    _count: { _all: true },
  });
  return Object.fromEntries(groups.map((group) => [group.kind, group._count._all]));
}

/**
 * Open cases, the most urgent kind first (the order of `caseKinds`), within a kind the one that has waited
 * longest. `afterId` is the last case of the page before; where that has been resolved meanwhile, the page
 * goes on from where it stood.
 */
export async function selectUrgentCases(filter: {
  limit: number;
  afterId?: number | undefined;
  kind?: CaseKind | undefined;
}): Promise<CaseRecord[]> {
  const { limit, afterId = null, kind = null } = filter;
  const ids = await db().$queryRaw<{ id: number }[]>`
    WITH ranked AS (
      SELECT id, status, kind, array_position(${[...caseKinds]}::text[], kind) AS urgency FROM cases
      WHERE status = 'open' OR id = ${afterId}::integer)
    SELECT id FROM ranked
    WHERE status = 'open' AND (${kind}::text IS NULL OR kind = ${kind}::text)
      AND (${afterId}::integer IS NULL
        OR (urgency, id) > (SELECT urgency, id FROM ranked WHERE id = ${afterId}::integer))
    ORDER BY urgency, id
    LIMIT ${limit}`;
  const rows = await db().case.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    include,
  });
  const byId = new Map(rows.map((row) => [row.id, toRecord(row)]));
  return ids.flatMap(({ id }) => byId.get(id) ?? []);
}
