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

/** Open ones by deadline first, then the closed, newest first. Of one transaction where one is given. */
export async function selectDisputes(filter: {
  limit: number;
  offset?: number | undefined;
  isOpen?: boolean | undefined;
  transactionPk?: number | undefined;
}): Promise<DisputeRecord[]> {
  const { limit, offset, isOpen, transactionPk } = filter;
  const open: DisputeStatus[] = ["needs_response", "under_review"];
  const rows = await db().dispute.findMany({
    where: {
      ...(isOpen === undefined ? {} : { status: isOpen ? { in: open } : { notIn: open } }),
      ...(transactionPk === undefined ? {} : { transactionPk }),
    },
    include,
    orderBy: [{ status: "asc" }, { dueBy: { sort: "asc", nulls: "last" } }, { id: "desc" }],
    take: limit,
    skip: offset ?? 0,
  });
  return rows.map(toRecord);
}
