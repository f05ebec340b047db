import type { Prisma } from "#db-client";
import type { DisputeStatus, GatewayName } from "../domain/payment.ts";
import { db, type Tx } from "./client.ts";

/** A dispute as the use cases and pages see it. Money in minor units. */
export type DisputeRecord = {
  id: number;
  disputeId: string;
  transactionPk: number;
  transactionId: string;
  gateway: GatewayName;
  gatewayDisputeId: string;
  status: DisputeStatus;
  reason: string;
  amountMinor: bigint;
  currency: string;
  dueBy: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

const include = {
  transaction: { select: { transactionId: true } },
} satisfies Prisma.DisputeInclude;

function toRecord(row: Prisma.DisputeGetPayload<{ include: typeof include }>): DisputeRecord {
  const { transaction, gateway, ...rest } = row;
  return { ...rest, gateway: gateway as GatewayName, transactionId: transaction.transactionId };
}

export async function findDisputeByGatewayId(
  tx: Tx,
  gateway: string,
  gatewayDisputeId: string,
): Promise<DisputeRecord | null> {
  const row = await tx.dispute.findUnique({
    where: { gateway_gatewayDisputeId: { gateway, gatewayDisputeId } },
    include,
  });
  return row && toRecord(row);
}

export async function insertDispute(
  tx: Tx,
  data: Prisma.DisputeUncheckedCreateInput,
): Promise<DisputeRecord> {
  return toRecord(await tx.dispute.create({ data, include }));
}

export async function updateDispute(
  tx: Tx,
  id: number,
  data: Prisma.DisputeUncheckedUpdateInput,
): Promise<DisputeRecord> {
  return toRecord(await tx.dispute.update({ where: { id }, data, include }));
}

/** Newest first. */
export async function selectDisputes(filter: {
  limit: number;
  beforeId?: number | undefined;
  status?: DisputeStatus | undefined;
  transactionPk?: number | undefined;
}): Promise<DisputeRecord[]> {
  const { limit, beforeId, status, transactionPk } = filter;
  const rows = await db().dispute.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(status === undefined ? {} : { status }),
      ...(transactionPk === undefined ? {} : { transactionPk }),
    },
    include,
    orderBy: { id: "desc" },
    take: limit,
  });
  return rows.map(toRecord);
}

/** Those that are not decided, the one with the nearest deadline first. */
export async function selectOpenDisputes(limit: number): Promise<DisputeRecord[]> {
  const rows = await db().dispute.findMany({
    where: { status: { in: ["needs_response", "under_review"] } },
    include,
    orderBy: [{ dueBy: { sort: "asc", nulls: "last" } }, { id: "asc" }],
    take: limit,
  });
  return rows.map(toRecord);
}
