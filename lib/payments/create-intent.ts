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
import { getConfiguration, type StoredConfiguration } from "../db/configurations.ts";
import { lockOrder, type OrderRecord } from "../db/orders.ts";
import {
  findOrderTransactions,
  insertTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import type { Gateway } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { ownerScope, requirePayer } from "./access.ts";
import { chooseConfigurations } from "./choose-configuration.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { prepareCharge, type PreparedCharge } from "./prepare-charge.ts";

export type Intent = {
  transaction: TransactionRecord;
  /** False where an open intent of this order and gateway was there already. */
  created: boolean;
  clientSecret: string;
  publishableKey: string;
};

type CreateIntent = {
  orderId: number;
  /** Left out: the first by priority that takes the order's currency, amount and country. */
  gateway?: GatewayName | undefined;
  captureMethod?: CaptureMethod | undefined;
};

/**
 * Prepares the payment of an order by one gateway, at that gateway too. Amount, currency and owner come
 * from the order. A second call while the first is open gives the same transaction. An account that
 * cannot be reached gives way to the next that fits: nothing was charged yet, for certain.
 *
 * Throws `not_found`, `order_paid`, `gateway_not_configured`, `conflict` (the gateway takes no such
 * payment), `gateway_unreachable`.
 */
export async function createIntent(viewer: Viewer, command: CreateIntent): Promise<Intent> {
  requirePayer(viewer);
  const tried: number[] = [];
  for (let last: PreparedCharge | null = null; ;) {
    const opened = await openIntent(viewer, command, tried);
    if (opened === null) throw refusalOf(last, command.gateway);
    const { transaction, configuration, created } = opened;
    tried.push(configuration.id);
    const account = gatewayAccount(configuration);
    last = await prepareCharge(getGateway(transaction.gateway), account, transaction);
    if (last.kind === "prepared") {
      const { clientSecret } = last;
      return {
        transaction: last.transaction,
        created,
        clientSecret,
        publishableKey: configuration.publicKey,
      };
    }
    log.warn("a payment could not be prepared at its gateway", {
      gateway: transaction.gateway,
      transactionId: transaction.transactionId,
      outcome: last.kind === "unreachable" ? last.detail : "refused",
    });
  }
}

function refusalOf(last: PreparedCharge | null, gateway: GatewayName | undefined): PaymentError {
  if (last?.kind === "refused") return new PaymentError("conflict", last.message);
  if (last?.kind === "unreachable") {
    return new PaymentError(
      "gateway_unreachable",
      "The payment gateway was not reached. Nothing was charged.",
    );
  }
  return new PaymentError(
    "gateway_not_configured",
    gateway === undefined
      ? "No way to pay takes this order."
      : `The ${gateway} gateway is not available for this order.`,
  );
}

type Opened = {
  transaction: TransactionRecord;
  configuration: StoredConfiguration;
  created: boolean;
};

/** The open transaction of the order for the best account that was not tried, or a new one; null: none is left. */
async function openIntent(
  viewer: Viewer,
  command: CreateIntent,
  tried: readonly number[],
): Promise<Opened | null> {
  return inTransaction(async (tx) => {
    // The order's lock makes twenty calls at once one intent.
    const order = await lockOrder(tx, command.orderId);
    if (!order || (!mayMoveMoney(viewer) && order.userId !== ownerScope(viewer))) throw notFound();
    if (order.status === "paid")
      throw new PaymentError("order_paid", "This order is paid already.");
    if (order.status !== "pending") {
      throw new PaymentError("conflict", "This order can no longer be paid.");
    }
    const candidates = await chooseConfigurations(order, command.gateway, tx);
    const payments = await findOrderTransactions(order.id, tx);
    const existing = findOpenIntent(payments, candidates, command.gateway, tried);
    if (existing) {
      const configuration = await getConfiguration(existing.configurationId, tx);
      const method = methodOf(viewer, command, configuration);
      const transaction = await withCaptureMethod(tx, existing, command.captureMethod && method);
      return { transaction, configuration, created: false };
    }
    const pendingOf = (gateway: string) =>
      payments.find((payment) => payment.gateway === gateway && payment.status === "pending");
    // What an account did prepare stays with it, reached or not: somebody may be paying it there.
    const configuration = candidates.find(
      ({ id, gateway }) => !tried.includes(id) && pendingOf(gateway)?.intentReference == null,
    );
    if (!configuration) return null;
    const method = methodOf(viewer, command, configuration);
    const unprepared = pendingOf(configuration.gateway);
    const transaction = unprepared
      ? await changeAccount(tx, viewer, unprepared, configuration)
      : await openTransaction(tx, viewer, order, configuration, method);
    return { transaction, configuration, created: true };
  });
}

/**
 * The intent that a caller would have got before: what is under way goes before what was only prepared,
 * and that only for an account that still takes the order.
 */
function findOpenIntent(
  payments: readonly TransactionRecord[],
  candidates: readonly StoredConfiguration[],
  gateway: GatewayName | undefined,
  tried: readonly number[],
): TransactionRecord | undefined {
  const wanted = gateway ?? candidates.find(({ id }) => !tried.includes(id))?.gateway;
  const open = payments.filter(
    ({ gateway: name, configurationId, status }) =>
      name === wanted &&
      !tried.includes(configurationId) &&
      (openStatuses as readonly TransactionStatus[]).includes(status) &&
      (status !== "pending" || candidates.some(({ id }) => id === configurationId)),
  );
  return open.find(({ status }) => status !== "pending") ?? open[0];
}

/** The account before could not be reached, or takes this order no more; nothing was prepared there. */
async function changeAccount(
  tx: Tx,
  viewer: Viewer,
  { id, transactionId, configurationId: before }: TransactionRecord,
  { id: configurationId }: StoredConfiguration,
): Promise<TransactionRecord> {
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transactionId,
    action: "account_changed",
    actor: viewer,
    reason: "The account before was not reached. Nothing was charged.",
    before: { configuration: String(before) },
    after: { configuration: String(configurationId) },
  });
  return updateTransaction(tx, id, { configurationId });
}

function methodOf(
  viewer: Viewer,
  command: CreateIntent,
  configuration: StoredConfiguration,
): CaptureMethod {
  const gateway = getGateway(configuration.gateway as GatewayName);
  return captureMethodOf(viewer, command.captureMethod, configuration, gateway);
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
  if (!isOther) return existing;
  // The gateway has been told already: it would hold or take by what it was told.
  if (existing.intentReference !== null) {
    throw new PaymentError(
      "conflict",
      `This payment is prepared as ${existing.captureMethod}. Cancel it, then prepare it anew.`,
      { details: { transaction_id: existing.transactionId } },
    );
  }
  return updateTransaction(tx, existing.id, { captureMethod });
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
