import type { Prisma } from "#db-client";
import { db, type Tx } from "./client.ts";

/** An order with its lines. Money in minor units. */
export type OrderRecord = {
  id: number;
  orderNumber: string;
  userId: number;
  userEmail: string;
  amountMinor: bigint;
  currency: string;
  status: "pending" | "paid" | "cancelled";
  /** ISO 3166, where the parts go to; null: not said. */
  country: string | null;
  items: { sku: string | null; name: string; unitAmountMinor: bigint; quantity: number }[];
  createdAt: Date;
};

export type ProductRecord = {
  sku: string;
  name: string;
  description: string;
  category: string;
  unitAmountMinor: bigint;
  currency: string;
  inStock: boolean;
};

const include = {
  user: { select: { email: true } },
  items: {
    select: { sku: true, name: true, unitAmountMinor: true, quantity: true },
    orderBy: { id: "asc" },
  },
} satisfies Prisma.OrderInclude;

type Row = Prisma.OrderGetPayload<{ include: typeof include }>;

function toRecord(row: Row): OrderRecord {
  const { id, orderNumber, userId, amountMinor, currency, status, country, items, createdAt } = row;
  return {
    id,
    orderNumber,
    userId,
    userEmail: row.user.email,
    amountMinor,
    currency,
    status,
    country,
    items,
    createdAt,
  };
}

/** One order by id or number, of that owner where one is given; null where there is none. */
export async function findOrder(
  by: { id: number } | { orderNumber: string },
  ownerId: number | null,
  tx: Tx = db(),
): Promise<OrderRecord | null> {
  const row = await tx.order.findFirst({
    where: { ...by, ...(ownerId === null ? {} : { userId: ownerId }) },
    include,
  });
  return row && toRecord(row);
}

/** Locks the order's row until the transaction ends, and reads it. Null where there is none. */
export async function lockOrder(tx: Tx, id: number): Promise<OrderRecord | null> {
  await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${id} FOR UPDATE`;
  return findOrder({ id }, null, tx);
}

export async function setOrderStatus(
  tx: Tx,
  id: number,
  status: OrderRecord["status"],
): Promise<void> {
  await tx.order.update({ where: { id }, data: { status } });
}

export async function findOrderByIdempotencyKey(
  tx: Tx,
  idempotencyKeyId: string,
): Promise<OrderRecord | null> {
  const row = await tx.order.findUnique({ where: { idempotencyKeyId }, include });
  return row && toRecord(row);
}

export async function insertOrder(
  tx: Tx,
  order: {
    orderNumber: string;
    userId: number;
    amountMinor: bigint;
    currency: string;
    country?: string | null;
    idempotencyKeyId: string | null;
    items: OrderRecord["items"];
  },
): Promise<OrderRecord> {
  const { items, ...data } = order;
  return toRecord(await tx.order.create({ data: { ...data, items: { create: items } }, include }));
}

/** Newest first. */
export async function selectOrders(filter: {
  limit: number;
  beforeId?: number | undefined;
  ownerId?: number | undefined;
}): Promise<OrderRecord[]> {
  const rows = await db().order.findMany({
    where: {
      ...(filter.beforeId === undefined ? {} : { id: { lt: filter.beforeId } }),
      ...(filter.ownerId === undefined ? {} : { userId: filter.ownerId }),
    },
    include,
    orderBy: { id: "desc" },
    take: filter.limit,
  });
  return rows.map(toRecord);
}

const productFields = {
  sku: true,
  name: true,
  description: true,
  category: true,
  unitAmountMinor: true,
  currency: true,
  inStock: true,
} as const;

export function selectProducts(): Promise<ProductRecord[]> {
  return db().product.findMany({
    select: productFields,
    orderBy: [{ category: "asc" }, { name: "asc" }],
  });
}

export function findProducts(skus: readonly string[], tx: Tx = db()): Promise<ProductRecord[]> {
  return tx.product.findMany({ where: { sku: { in: [...skus] } }, select: productFields });
}
