import { mayMoveMoney, type Viewer } from "../domain/actor.ts";
import { PaymentError, invalidField, notFound } from "../domain/errors.ts";
import { newTransactionId } from "../domain/ids.ts";
import {
  openStatuses,
  type CaptureMethod,
  type GatewayName,
  type TransactionStatus,
} from "../domain/payment.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { findActiveConfiguration, type StoredConfiguration } from "../db/configurations.ts";
import { lockOrder, type OrderRecord } from "../db/orders.ts";
import {
  findOrderTransactions,
  insertTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import type { Gateway } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { ownerScope, requirePayer } from "./access.ts";
import { gatewayAccount } from "./gateway-account.ts";

export type Intent = {
  transaction: TransactionRecord;
  /** False where an open intent of this order and gateway was there already. */
  created: boolean;
  clientSecret: string;
  publishableKey: string;
};

/**
 * Prepares the payment of an order by one gateway. Amount, currency and owner come from the order. A
 * second call while the first is open gives the same transaction.
 *
 * Throws `not_found`, `order_paid`, `gateway_not_configured`.
 */
export async function createIntent(
  viewer: Viewer,
  command: { orderId: number; gateway: GatewayName; captureMethod?: CaptureMethod | undefined },
): Promise<Intent> {
  requirePayer(viewer);
  return inTransaction(async (tx) => {
    // The order's lock makes twenty calls at once one intent.
    const order = await lockOrder(tx, command.orderId);
    if (!order || (!mayMoveMoney(viewer) && order.userId !== ownerScope(viewer))) throw notFound();
    if (order.status === "paid")
      throw new PaymentError("order_paid", "This order is paid already.");
    if (order.status !== "pending") {
      throw new PaymentError("conflict", "This order can no longer be paid.");
    }
    const gateway = getGateway(command.gateway);
    const configuration = await findActiveConfiguration(command.gateway, tx);
    if (!configuration) {
      throw new PaymentError(
        "gateway_not_configured",
        `The ${command.gateway} gateway is not available in this shop.`,
      );
    }
    const captureMethod = captureMethodOf(viewer, command.captureMethod, configuration, gateway);
    const existing = (await findOrderTransactions(order.id, tx)).find(
      (transaction) =>
        transaction.gateway === command.gateway &&
        (openStatuses as readonly TransactionStatus[]).includes(transaction.status),
    );
    const transaction = existing
      ? await withCaptureMethod(tx, existing, command.captureMethod && captureMethod)
      : await openTransaction(tx, viewer, order, configuration, captureMethod);
    return {
      transaction,
      created: !existing,
      clientSecret: gateway.clientSecret(gatewayAccount(configuration), transaction.transactionId),
      publishableKey: configuration.publicKey,
    };
  });
}

/**
 * A payment that was not started yet may still be made to hold instead of take, or the reverse, by
 * somebody who asks for it; whoever asks for nothing gets it as it was prepared.
 */
async function withCaptureMethod(
  tx: Tx,
  existing: TransactionRecord,
  captureMethod: CaptureMethod | undefined,
): Promise<TransactionRecord> {
  if (captureMethod === undefined) return existing;
  const isOther = existing.status === "pending" && existing.captureMethod !== captureMethod;
  return isOther ? updateTransaction(tx, existing.id, { captureMethod }) : existing;
}

async function openTransaction(
  tx: Tx,
  viewer: Viewer,
  order: OrderRecord,
  configuration: StoredConfiguration,
  captureMethod: CaptureMethod,
): Promise<TransactionRecord> {
  const transaction = await insertTransaction(tx, {
    transactionId: newTransactionId(),
    orderId: order.id,
    userId: order.userId,
    configurationId: configuration.id,
    gateway: configuration.gateway,
    amountMinor: order.amountMinor,
    currency: order.currency,
    captureMethod,
    metadata: { payment_method: configuration.gateway },
  });
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transaction.transactionId,
    action: "intent_created",
    actor: viewer,
    toStatus: "pending",
    after: {
      order_number: order.orderNumber,
      amount_minor: String(order.amountMinor),
      currency: order.currency,
      capture_method: captureMethod,
    },
  });
  return transaction;
}

/** As configured, unless the caller asks for less: holding instead of taking. The reverse is an admin's. */
function captureMethodOf(
  viewer: Viewer,
  asked: CaptureMethod | undefined,
  configured: { captureMethod: CaptureMethod },
  gateway: Gateway,
): CaptureMethod {
  const method = asked ?? configured.captureMethod;
  if (method === "manual" && !gateway.capabilities.manualCapture) {
    throw invalidField("capture_method", `The ${gateway.name} gateway cannot hold money.`);
  }
  const takesInstead = method === "automatic" && configured.captureMethod === "manual";
  if (takesInstead && !mayMoveMoney(viewer)) {
    throw invalidField("capture_method", "This shop captures payments itself.");
  }
  return method;
}
