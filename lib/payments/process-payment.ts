import { createHash, randomUUID } from "node:crypto";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError, invariant, notFound } from "../domain/errors.ts";
import { isUnsettled, tookMoney } from "../domain/payment.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, isUniqueViolation, type Tx } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { insertOperation } from "../db/operations.ts";
import { findOrder } from "../db/orders.ts";
import {
  findTransaction,
  lockTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import { getEnv } from "../env.ts";
import type {
  ChargeRequest,
  Gateway,
  GatewayAccount,
  Outcome,
  PaymentInput,
} from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { ownerScope, requirePayer } from "./access.ts";
import { callGateway } from "./call-gateway.ts";
import { refreshTransaction } from "./check-operation.ts";
import { firstCheckMs, leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

export type ProcessPayment = {
  transactionId: string;
  paymentMethod?: string | undefined;
  paymentData?: Record<string, string> | undefined;
};

export type ProcessResult =
  | { kind: "success"; transaction: TransactionRecord }
  /** The money is held; staff capture it. */
  | { kind: "authorized"; transaction: TransactionRecord }
  | { kind: "processing"; transaction: TransactionRecord }
  | {
      kind: "requires_action";
      transaction: TransactionRecord;
      nextAction: { type: "redirect"; url: string };
    }
  | { kind: "declined"; transaction: TransactionRecord; code: string; reason: string };

/**
 * Charges a transaction, once, however often it is called: open (one database transaction), call the
 * gateway with none open, settle (another). A call that finds the work done or under way says how it
 * stands instead.
 *
 * Throws `not_found`, `invalid_request`, `invalid_transition` (it failed: make a new intent),
 * `order_paid`, `order_in_flight`, `order_changed`, `gateway_unreachable` (nothing was charged).
 */
export async function processPayment(
  viewer: Viewer,
  command: ProcessPayment,
): Promise<ProcessResult> {
  requirePayer(viewer);
  const found = await findTransaction(command.transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  const gateway = getGateway(found.gateway);
  const payment = parsePayment(gateway, command.paymentData);
  const opened = await openCharge(viewer, found, command, payment);
  if (opened.kind === "resumed") return resume(viewer, opened.transaction);

  const outcome = await callGateway(opened.account.configurationId, () =>
    gateway.charge(opened.account, chargeRequest(opened, payment)),
  );
  const settled = await settleCall(opened.operationId, outcome, viewer);
  if (outcome.kind === "not_sent") {
    throw new PaymentError(
      "gateway_unreachable",
      "The payment gateway was not reached. Nothing was charged.",
      {
        details: { transaction_id: found.transactionId },
      },
    );
  }
  return settled === null ? { kind: "processing", transaction: found } : resultOf(settled);
}

function parsePayment(gateway: Gateway, data: Record<string, string> | undefined): PaymentInput {
  if (data !== undefined && !gateway.capabilities.rawCard) {
    const fields = Object.keys(data).filter((name) => ["card_number", "cvv"].includes(name));
    if (fields.length > 0) {
      throw new PaymentError(
        "invalid_request",
        `payment_data: card numbers are never sent here for ${gateway.name}; use the gateway's own fields.`,
        { fields: { payment_data: ["Use the gateway's own payment fields."] } },
      );
    }
  }
  return gateway.parsePayment(data);
}

type OpenedCharge = {
  kind: "opened";
  operationId: string;
  gatewayKey: string;
  transaction: TransactionRecord;
  account: GatewayAccount;
};

async function openCharge(
  viewer: Viewer,
  found: TransactionRecord,
  command: ProcessPayment,
  payment: PaymentInput,
): Promise<OpenedCharge | { kind: "resumed"; transaction: TransactionRecord }> {
  try {
    return await inTransaction(async (tx) => {
      const transaction = await lockTransaction(tx, found.id);
      if (transaction.status !== "pending") return { kind: "resumed", transaction };
      const account = await requirePayable(tx, transaction);
      const operationId = randomUUID();
      const gatewayKey = `tb-${operationId}`;
      const processing = await updateTransaction(tx, transaction.id, {
        status: "processing",
        errorCode: null,
        errorMessage: "",
        metadata: {
          ...(transaction.metadata as Record<string, string>),
          ...(command.paymentMethod ? { payment_method_type: command.paymentMethod } : {}),
          ...(payment.card
            ? { card_brand: payment.card.summary.brand, card_last4: payment.card.summary.last4 }
            : {}),
        },
      });
      await insertOperation(tx, {
        id: operationId,
        kind: "charge",
        transactionPk: transaction.id,
        refundPk: null,
        fingerprint: fingerprintOf(transaction),
        gatewayKey,
        amountMinor: transaction.amountMinor,
        leaseMs,
        firstCheckMs,
      });
      await recordAudit(tx, {
        entity: "transaction",
        entityId: transaction.transactionId,
        action: "charge_started",
        actor: viewer,
        fromStatus: "pending",
        toStatus: "processing",
        after: { operation: operationId },
      });
      return { kind: "opened", operationId, gatewayKey, transaction: processing, account };
    });
  } catch (error) {
    // The partial unique index on the order: another transaction of it is in flight or has paid.
    if (!isUniqueViolation(error)) throw error;
    throw new PaymentError(
      "order_in_flight",
      "Another payment for this order is under way or done.",
      {
        cause: error,
      },
    );
  }
}

/** What was true when the intent was made must be true still. */
async function requirePayable(tx: Tx, transaction: TransactionRecord): Promise<GatewayAccount> {
  const order = await findOrder({ id: transaction.orderId }, null, tx);
  invariant(order, "a transaction has an order");
  if (order.status === "paid") throw new PaymentError("order_paid", "This order is paid already.");
  const same =
    order.status === "pending" &&
    order.amountMinor === transaction.amountMinor &&
    order.currency === transaction.currency &&
    order.userId === transaction.userId;
  if (!same) {
    throw new PaymentError(
      "order_changed",
      "The order changed since this payment was prepared. Nothing was charged; start the payment again.",
    );
  }
  const configuration = await getConfiguration(transaction.configurationId, tx);
  if (!configuration.isActive) {
    throw new PaymentError(
      "conflict",
      "This payment gateway was switched off. Nothing was charged; choose another way to pay.",
    );
  }
  return gatewayAccount(configuration);
}

function fingerprintOf(transaction: TransactionRecord): Uint8Array<ArrayBuffer> {
  const { transactionId, amountMinor, currency } = transaction;
  return new Uint8Array(
    createHash("sha256").update(`charge ${transactionId} ${amountMinor} ${currency}`).digest(),
  );
}

function chargeRequest(
  { transaction, gatewayKey }: OpenedCharge,
  payment: PaymentInput,
): ChargeRequest {
  return {
    gatewayKey,
    merchantReference: transaction.transactionId,
    amountMinor: transaction.amountMinor,
    currency: transaction.currency,
    captureMethod: transaction.captureMethod,
    returnUrl: `${getEnv().PUBLIC_URL}/checkout/${transaction.orderNumber}?transaction=${transaction.transactionId}`,
    payment,
  };
}

/** Null where the outcome could not be written: the operation stays open and the janitor asks. */
async function settleCall(
  operationId: string,
  outcome: Outcome,
  viewer: Viewer,
): Promise<TransactionRecord | null> {
  try {
    return await settleOperation(operationId, { outcome, actor: viewer });
  } catch (error) {
    log.error("an outcome could not be written", { operationId, outcome: outcome.kind, error });
    return null;
  }
}

/** Somebody was here before: say how it stands, asking the gateway where that is not known. */
async function resume(viewer: Viewer, transaction: TransactionRecord): Promise<ProcessResult> {
  if (isUnsettled(transaction.status)) {
    return resultOf(await refreshTransaction(transaction, viewer));
  }
  if (tookMoney(transaction.status) || transaction.status === "authorized") {
    return resultOf(transaction);
  }
  throw new PaymentError(
    "invalid_transition",
    `This payment is ${transaction.status}. Create a new intent for the order to try again.`,
    { details: { transaction_id: transaction.transactionId, status: transaction.status } },
  );
}

function resultOf(transaction: TransactionRecord): ProcessResult {
  if (tookMoney(transaction.status)) return { kind: "success", transaction };
  if (transaction.status === "authorized") return { kind: "authorized", transaction };
  if (transaction.status === "requires_action" && transaction.nextAction) {
    return { kind: "requires_action", transaction, nextAction: transaction.nextAction };
  }
  if (transaction.status === "failed" || transaction.status === "cancelled") {
    return {
      kind: "declined",
      transaction,
      code: transaction.errorCode ?? "declined",
      reason: transaction.errorMessage,
    };
  }
  return { kind: "processing", transaction };
}
