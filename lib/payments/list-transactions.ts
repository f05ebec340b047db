import { isStaff, type Viewer } from "../domain/actor.ts";
import type { GatewayName, TransactionStatus } from "../domain/payment.ts";
import { selectTransactions, type TransactionRecord } from "../db/transactions.ts";
import { pageOf, readCursor, type Page } from "./paging.ts";

export type ListTransactions = {
  limit: number;
  cursor?: string | undefined;
  status?: TransactionStatus | undefined;
  gateway?: GatewayName | undefined;
  orderId?: number | undefined;
  orderNumber?: string | undefined;
  /** Staff only: one person's. Others always get their own. */
  userId?: number | undefined;
  /** Staff only: a transaction id, gateway id, order number or the beginning of an e-mail. */
  search?: string | undefined;
};

/** A person's own transactions, or everybody's for staff, newest first. */
export async function listTransactions(
  viewer: Viewer,
  query: ListTransactions,
): Promise<Page<TransactionRecord>> {
  const { limit, cursor, status, gateway, orderId, orderNumber } = query;
  const staff = isStaff(viewer);
  const rows = await selectTransactions({
    limit: limit + 1,
    beforeId: readCursor(cursor),
    ownerId: staff ? query.userId : viewer.userId,
    status,
    gateway,
    orderId,
    orderNumber,
    search: staff ? query.search : undefined,
  });
  return pageOf(rows, limit);
}
