import { isStaff, type Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { findOrder, selectOrders, type OrderRecord } from "../db/orders.ts";
import { findOrderTransactions, type TransactionRecord } from "../db/transactions.ts";
import { ownerScope } from "../payments/access.ts";
import { pageOf, readCursor, type Page } from "../payments/paging.ts";

/** A person's own orders, or everybody's for staff, newest first. */
export async function listOrders(
  viewer: Viewer,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<OrderRecord>> {
  const rows = await selectOrders({
    limit: query.limit + 1,
    beforeId: readCursor(query.cursor),
    ...(isStaff(viewer) ? {} : { ownerId: viewer.userId }),
  });
  return pageOf(rows, query.limit);
}

/** One order. Throws `not_found`, for another person's as for one that is not there. */
export async function getOrder(viewer: Viewer, orderNumber: string): Promise<OrderRecord> {
  const order = await findOrder({ orderNumber }, ownerScope(viewer));
  if (!order) throw notFound();
  return order;
}

/** One order with the payments made or tried for it, newest first. Throws `not_found`. */
export async function getOrderWithPayments(
  viewer: Viewer,
  orderNumber: string,
): Promise<{ order: OrderRecord; transactions: TransactionRecord[] }> {
  const order = await getOrder(viewer, orderNumber);
  return { order, transactions: await findOrderTransactions(order.id) };
}
