import { type Prisma } from "#db-client";
import {
  capturableMinor,
  refundableMinor,
  type CaptureMethod,
  type GatewayName,
  type TransactionStatus,
} from "../domain/payment.ts";
import { db, type Tx } from "./client.ts";

export type NextAction = { type: "redirect"; url: string } | { type: GatewayName };

/** A transaction as the use cases, pages and JSON views see it. Money in minor units. */
export type TransactionRecord = {
  id: number;
  transactionId: string;
  orderId: number;
  orderNumber: string;
  userId: number;
  userEmail: string;
  configurationId: number;
  gateway: GatewayName;
  gatewayTransactionId: string | null;
  /** What the gateway calls the payment before it took any money; null: nothing, or not yet. */
  intentReference: string | null;
  amountMinor: bigint;
  currency: string;
  status: TransactionStatus;
  metadata: Record<string, unknown>;
  errorCode: string | null;
  errorMessage: string;
  captureMethod: CaptureMethod;
  authorizedMinor: bigint;
  voidedMinor: bigint;
  authorizationPendingMinor: bigint;
  authorizationExpiresAt: Date | null;
  capturableMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  refundPendingMinor: bigint;
  disputedMinor: bigint;
  refundableMinor: bigint;
  excessCapture: boolean;
  /** What the shopper has to do: at an address, or in the gateway's own fields on our page. */
  nextAction: NextAction | null;
  createdAt: Date;
  updatedAt: Date;
};

const include = {
  order: { select: { orderNumber: true } },
  user: { select: { email: true } },
} satisfies Prisma.TransactionInclude;

type Row = Prisma.TransactionGetPayload<{ include: typeof include }>;

function toRecord(row: Row): TransactionRecord {
  const { order, user, nextActionUrl, metadata, gateway, ...rest } = row;
  return {
    ...rest,
    gateway: gateway as GatewayName,
    orderNumber: order.orderNumber,
    userEmail: user.email,
    metadata: metadata as Record<string, unknown>,
    refundableMinor: refundableMinor(row),
    capturableMinor: capturableMinor(row),
    nextAction:
      row.status !== "requires_action"
        ? null
        : nextActionUrl === null
          ? { type: gateway as GatewayName }
          : { type: "redirect", url: nextActionUrl },
  };
}

/** The transaction of that public id, of that owner where one is given; null where there is none. */
export async function findTransaction(
  transactionId: string,
  ownerId: number | null,
  tx: Tx = db(),
): Promise<TransactionRecord | null> {
  const row = await tx.transaction.findFirst({
    where: { transactionId, ...(ownerId === null ? {} : { userId: ownerId }) },
    include,
  });
  return row && toRecord(row);
}

/** The transaction that a gateway knows by this charge, of that account; or null. */
export async function findChargedTransaction(
  gateway: GatewayName,
  configurationId: number,
  gatewayTransactionId: string,
): Promise<TransactionRecord | null> {
  const row = await db().transaction.findFirst({
    where: { gateway, gatewayTransactionId, configurationId },
    include,
  });
  return row && toRecord(row);
}

export async function getTransactionByPk(id: number, tx: Tx = db()): Promise<TransactionRecord> {
  return toRecord(await tx.transaction.findUniqueOrThrow({ where: { id }, include }));
}

/** Locks the row until the transaction ends. Order of locks: transaction, then its order. */
export async function lockTransaction(tx: Tx, id: number): Promise<TransactionRecord> {
  await tx.$queryRaw`SELECT 1 FROM transactions WHERE id = ${id} FOR UPDATE`;
  return getTransactionByPk(id, tx);
}

export async function updateTransaction(
  tx: Tx,
  id: number,
  data: Prisma.TransactionUncheckedUpdateInput,
): Promise<TransactionRecord> {
  return toRecord(await tx.transaction.update({ where: { id }, data, include }));
}

/** Keeps what the gateway calls a payment; false where something is kept already. */
export async function setIntentReference(id: number, intentReference: string): Promise<boolean> {
  const changed = await db().transaction.updateMany({
    where: { id, intentReference: null },
    data: { intentReference },
  });
  return changed.count === 1;
}

export async function insertTransaction(
  tx: Tx,
  data: Prisma.TransactionUncheckedCreateInput,
): Promise<TransactionRecord> {
  return toRecord(await tx.transaction.create({ data, include }));
}

export async function findOrderTransactions(
  orderId: number,
  tx: Tx = db(),
): Promise<TransactionRecord[]> {
  const rows = await tx.transaction.findMany({
    where: { orderId },
    include,
    orderBy: { id: "desc" },
  });
  return rows.map(toRecord);
}

/** Payments of which something is still held until before that time, the most urgent first. */
export async function findExpiringHolds(before: Date): Promise<TransactionRecord[]> {
  const ids = await db().$queryRaw<{ id: number }[]>`
    SELECT id FROM transactions
    WHERE authorized_minor > captured_minor + voided_minor
      AND authorization_pending_minor = 0 AND authorization_expires_at < ${before}
    ORDER BY authorization_expires_at LIMIT 200`;
  const rows = await db().transaction.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    include,
    orderBy: { authorizationExpiresAt: "asc" },
  });
  return rows.map(toRecord);
}

export type TransactionFilter = {
  limit: number;
  /** Rows older than this id. */
  beforeId?: number | undefined;
  ownerId?: number | undefined;
  status?: TransactionStatus | undefined;
  gateway?: GatewayName | undefined;
  orderId?: number | undefined;
  orderNumber?: string | undefined;
  /** A transaction id, order number or e-mail, whole; or the beginning of an e-mail. */
  search?: string | undefined;
};

function searchWhere(search: string): Prisma.TransactionWhereInput {
  const upper = search.toUpperCase();
  return {
    OR: [
      { transactionId: upper },
      { gatewayTransactionId: search },
      { order: { orderNumber: upper } },
      { user: { email: { startsWith: search.toLowerCase() } } },
    ],
  };
}

/** Newest first. */
export async function selectTransactions(filter: TransactionFilter): Promise<TransactionRecord[]> {
  const { beforeId, ownerId, status, gateway, orderId, orderNumber, search } = filter;
  const rows = await db().transaction.findMany({
    where: {
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
      ...(ownerId === undefined ? {} : { userId: ownerId }),
      ...(status === undefined ? {} : { status }),
      ...(gateway === undefined ? {} : { gateway }),
      ...(orderId === undefined ? {} : { orderId }),
      ...(orderNumber === undefined ? {} : { order: { orderNumber } }),
      ...(search === undefined ? {} : searchWhere(search)),
    },
    include,
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRecord);
}
