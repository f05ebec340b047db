import type { Prisma, RefundSource } from "#db-client";
import type { RefundStatus } from "../domain/payment.ts";
import { db, type Tx } from "./client.ts";

/** A refund as the use cases, pages and JSON views see it. Money in minor units. */
export type RefundRecord = {
  id: number;
  refundId: string;
  transactionPk: number;
  transactionId: string;
  amountMinor: bigint;
  currency: string;
  status: RefundStatus;
  reason: string;
  gatewayRefundId: string | null;
  metadata: Record<string, unknown>;
  errorMessage: string;
  requestedById: number | null;
  requestedByEmail: string | null;
  source: RefundSource;
  /** The failed refund that this one does over, and the one that does this one over. */
  retryOf: string | null;
  retriedBy: string | null;
  createdAt: Date;
  updatedAt: Date;
};

const include = {
  transaction: { select: { transactionId: true } },
  requestedBy: { select: { email: true } },
  retryOf: { select: { refundId: true } },
  retriedBy: { select: { refundId: true } },
} satisfies Prisma.RefundInclude;

type Row = Prisma.RefundGetPayload<{ include: typeof include }>;

function toRecord(row: Row): RefundRecord {
  return {
    id: row.id,
    refundId: row.refundId,
    transactionPk: row.transactionPk,
    transactionId: row.transaction.transactionId,
    amountMinor: row.amountMinor,
    currency: row.currency,
    status: row.status,
    reason: row.reason,
    gatewayRefundId: row.gatewayRefundId,
    metadata: row.metadata as Record<string, unknown>,
    errorMessage: row.errorMessage,
    requestedById: row.requestedById,
    requestedByEmail: row.requestedBy?.email ?? null,
    source: row.source,
    retryOf: row.retryOf?.refundId ?? null,
    retriedBy: row.retriedBy?.refundId ?? null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export async function insertRefund(
  tx: Tx,
  data: Prisma.RefundUncheckedCreateInput,
): Promise<RefundRecord> {
  return toRecord(await tx.refund.create({ data, include }));
}

export async function updateRefund(
  tx: Tx,
  id: number,
  data: Prisma.RefundUncheckedUpdateInput,
): Promise<RefundRecord> {
  return toRecord(await tx.refund.update({ where: { id }, data, include }));
}

export async function getRefundByPk(id: number, tx: Tx = db()): Promise<RefundRecord> {
  return toRecord(await tx.refund.findUniqueOrThrow({ where: { id }, include }));
}

/** The refund of that public id, or null. */
export async function findRefundByPublicId(
  refundId: string,
  tx: Tx = db(),
): Promise<RefundRecord | null> {
  const row = await tx.refund.findUnique({ where: { refundId }, include });
  return row && toRecord(row);
}

/** The refund of a transaction that has this id at the gateway, or null. */
export async function findRefundByGatewayId(
  tx: Tx,
  transactionPk: number,
  gatewayRefundId: string,
): Promise<RefundRecord | null> {
  const row = await tx.refund.findFirst({ where: { transactionPk, gatewayRefundId }, include });
  return row && toRecord(row);
}

export async function findRefundByIdempotencyKey(
  tx: Tx,
  idempotencyKeyId: string,
): Promise<RefundRecord | null> {
  const row = await tx.refund.findUnique({ where: { idempotencyKeyId }, include });
  return row && toRecord(row);
}

/** Newest first; of one owner's transactions, of one transaction, or one by its public id. */
export async function selectRefunds(filter: {
  limit: number;
  beforeId?: number | undefined;
  ownerId?: number | undefined;
  transactionId?: string | undefined;
  refundId?: string | undefined;
}): Promise<RefundRecord[]> {
  const { beforeId, ownerId, transactionId, refundId } = filter;
  const rows = await db().refund.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(refundId === undefined ? {} : { refundId }),
      transaction: {
        ...(ownerId === undefined ? {} : { userId: ownerId }),
        ...(transactionId === undefined ? {} : { transactionId }),
      },
    },
    include,
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRecord);
}
