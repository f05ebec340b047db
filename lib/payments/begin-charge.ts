import { createHash, randomUUID } from "node:crypto";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, isUniqueViolation, type Tx } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { insertOperation } from "../db/operations.ts";
import { findOrder } from "../db/orders.ts";
import { lockTransaction, updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { Actor } from "../domain/actor.ts";
import { PaymentError, invariant } from "../domain/errors.ts";
import type { GatewayAccount, PaymentInput } from "../gateways/gateway.ts";
import { firstCheckMs, leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { noPayment } from "./payment-terms.ts";

export type BegunCharge = {
  kind: "begun";
  operationId: string;
  gatewayKey: string;
  transaction: TransactionRecord;
  account: GatewayAccount;
};

/** How the shopper pays, as far as it is kept. */
export type ChargeInput = { payment: PaymentInput; paymentMethod?: string | undefined };

/**
 * Claims an order for one of its payments, before the gateway may take money: the first step of every
 * charge, in one database transaction. `resumed`: the payment was begun already.
 *
 * Throws `order_paid`, `order_in_flight`, `order_changed`, `conflict` (the gateway was switched off).
 */
export async function beginCharge(
  actor: Actor,
  transactionPk: number,
  { payment, paymentMethod }: ChargeInput = { payment: noPayment },
): Promise<BegunCharge | { kind: "resumed"; transaction: TransactionRecord }> {
  try {
    return await inTransaction(async (tx) => {
      const transaction = await lockTransaction(tx, transactionPk);
      if (transaction.status !== "pending") return { kind: "resumed", transaction };
      const account = await requirePayable(tx, transaction);
      const processing = await updateTransaction(tx, transaction.id, {
        status: "processing",
        errorCode: null,
        errorMessage: "",
        metadata: {
          ...(transaction.metadata as Record<string, string>),
          ...(paymentMethod ? { payment_method_type: paymentMethod } : {}),
          ...(payment.card
            ? { card_brand: payment.card.summary.brand, card_last4: payment.card.summary.last4 }
            : {}),
        },
      });
      const { operationId, gatewayKey } = await insertCharge(tx, transaction);
      await recordAudit(tx, {
        entity: "transaction",
        entityId: transaction.transactionId,
        action: "charge_started",
        actor,
        fromStatus: "pending",
        toStatus: "processing",
        after: { operation: operationId },
      });
      return { kind: "begun", operationId, gatewayKey, transaction: processing, account };
    });
  } catch (error) {
    // The partial unique index on the order: another transaction of it is in flight or has paid.
    if (!isUniqueViolation(error)) throw error;
    throw new PaymentError(
      "order_in_flight",
      "Another payment for this order is under way or done.",
      { cause: error },
    );
  }
}

/** Writes the operation of a charge, whose key the gateway will get. */
export async function insertCharge(
  tx: Tx,
  { id, transactionId, amountMinor, currency }: TransactionRecord,
): Promise<{ operationId: string; gatewayKey: string }> {
  const operationId = randomUUID();
  const gatewayKey = `tb-${operationId}`;
  const fingerprint = createHash("sha256")
    .update(`charge ${transactionId} ${amountMinor} ${currency}`)
    .digest();
  await insertOperation(tx, {
    id: operationId,
    kind: "charge",
    transactionPk: id,
    refundPk: null,
    fingerprint: new Uint8Array(fingerprint),
    gatewayKey,
    amountMinor,
    leaseMs,
    firstCheckMs,
  });
  return { operationId, gatewayKey };
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
