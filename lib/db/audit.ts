import { Prisma } from "#db-client";
import type { Actor } from "../domain/actor.ts";
import { currentRequestId } from "../observability/request-context.ts";
import { db, type Tx } from "./client.ts";

export type AuditEntity =
  | "transaction"
  | "refund"
  | "dispute"
  | "order"
  | "user"
  | "configuration"
  | "webhook"
  | "case"
  | "books";

/** One thing that was done: by whom, to what, why, and what it looked like before and after. */
export type NewAuditEvent = {
  entity: AuditEntity;
  /** `TXN-…`, `REF-…`, `ORD-…` or a row id. */
  entityId: string;
  action: string;
  actor: Actor;
  fromStatus?: string | null;
  toStatus?: string | null;
  reason?: string;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
};

/** Writes audit events in the transaction that does the thing. Rows can never be changed after. */
export async function recordAudit(tx: Tx, ...events: NewAuditEvent[]): Promise<void> {
  const requestId = currentRequestId();
  await tx.auditEvent.createMany({
    data: events.map((event) => ({
      entity: event.entity,
      entityId: event.entityId,
      action: event.action,
      fromStatus: event.fromStatus ?? null,
      toStatus: event.toStatus ?? null,
      actorKind: event.actor.kind,
      actor: event.actor.kind === "user" ? String(event.actor.userId) : event.actor.name,
      reason: event.reason ?? "",
      before: event.before ?? Prisma.DbNull,
      after: event.after ?? Prisma.DbNull,
      requestId,
    })),
  });
}

export type AuditRecord = {
  at: Date;
  entity: string;
  entityId: string;
  action: string;
  fromStatus: string | null;
  toStatus: string | null;
  actorKind: string;
  actor: string;
  reason: string;
};

/** Everything that happened to the given things, oldest first. */
export async function findAuditTrail(entityIds: readonly string[]): Promise<AuditRecord[]> {
  return db().auditEvent.findMany({
    where: {
      entity: { in: ["transaction", "refund", "dispute"] },
      entityId: { in: [...entityIds] },
    },
    orderBy: { seq: "asc" },
    select: {
      at: true,
      entity: true,
      entityId: true,
      action: true,
      fromStatus: true,
      toStatus: true,
      actorKind: true,
      actor: true,
      reason: true,
    },
  });
}

/** One thing that was done to a configuration, with what it was before and after. */
export type ConfigurationAuditRecord = Pick<
  AuditRecord,
  "at" | "entityId" | "action" | "actorKind" | "actor" | "reason"
> & { before: unknown; after: unknown };

const configurationFields = {
  at: true,
  entityId: true,
  action: true,
  actorKind: true,
  actor: true,
  reason: true,
  before: true,
  after: true,
} as const;

/** What was done to a configuration, newest first. */
export function findConfigurationAudit(
  id: number,
  limit: number,
): Promise<ConfigurationAuditRecord[]> {
  return db().auditEvent.findMany({
    where: { entity: "configuration", entityId: String(id) },
    orderBy: { seq: "desc" },
    take: limit,
    select: configurationFields,
  });
}

/** The last event of each configuration that has one of those actions. */
export function findLastConfigurationEvents(
  actions: readonly string[],
): Promise<ConfigurationAuditRecord[]> {
  return db().auditEvent.findMany({
    where: { entity: "configuration", action: { in: [...actions] } },
    orderBy: [{ entityId: "asc" }, { seq: "desc" }],
    distinct: ["entityId"],
    select: configurationFields,
  });
}
