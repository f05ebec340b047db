import { createHash, randomUUID } from "node:crypto";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, isUniqueViolation, type Tx } from "../db/client.ts";
import type { StoredConfiguration } from "../db/configurations.ts";
import { insertOperation } from "../db/operations.ts";
import { insertOrder } from "../db/orders.ts";
import { dateOperation, type OurPayment } from "../db/reconciliation.ts";
import {
  findOrderTransactions,
  findTransaction,
  insertTransaction,
  lockTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import { findUserByEmail } from "../db/users.ts";
import type { Viewer } from "../domain/actor.ts";
import { invalidField, PaymentError } from "../domain/errors.ts";
import { newOrderNumber, newTransactionId, transactionIdPattern } from "../domain/ids.ts";
import { isCurrency } from "../domain/money.ts";
import {
  inFlightOrPaidStatuses,
  type GatewayName,
  type TransactionStatus,
} from "../domain/payment.ts";
import type { ListedCharge, Outcome } from "../gateways/gateway.ts";
import { confirmOperation } from "../payments/check-operation.ts";
import { firstCheckMs, leaseMs } from "../payments/check-schedule.ts";
import { settleOperation, settleOperationIn } from "../payments/settle-operation.ts";

export type AdoptCharge = {
  configuration: StoredConfiguration;
  /** As the gateway lists it now. */
  charge: ListedCharge;
  ours: OurPayment | null;
  userEmail?: string | undefined;
};

/**
 * Takes in a charge that took or holds money at the gateway and not here: into the payment that it is
 * filed under there or, where none has its reference, into a new order of the person that the admin names. All of
 * it comes about through the settling of an operation, as every payment does. Returns its row id.
 */
export async function adoptCharge(viewer: Viewer, adopted: AdoptCharge): Promise<number> {
  const { ours, charge } = adopted;
  try {
    if (!ours) return await inTransaction((tx) => adoptUnknown(tx, viewer, adopted));
    const isSecond =
      ours.gatewayTransactionId !== null && ours.capturedMinor + ours.authorizedMinor > 0n;
    if (isSecond && ours.gatewayTransactionId !== charge.reference) {
      return await inTransaction((tx) => adoptSecond(tx, viewer, adopted, ours));
    }
    return await adoptKnown(viewer, charge, ours);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PaymentError(
      "conflict",
      "Another payment of this order is under way, or somebody else has just adopted this charge.",
      { cause: error },
    );
  }
}

/** What is filed there under a payment that took nothing here. */
async function adoptKnown(viewer: Viewer, charge: ListedCharge, ours: OurPayment): Promise<number> {
  const outcome = outcomeOf(charge);
  const isAsAsked =
    charge.amountMinor === ours.amountMinor &&
    charge.currency === ours.currency &&
    (outcome.kind === "succeeded" || ours.captureMethod === "manual" || ours.status === "pending");
  if (!isAsAsked) {
    throw new PaymentError(
      "conflict",
      "The gateway has not what this payment asked for. Refund or release it there, or dismiss the case with a note.",
    );
  }
  const operation = ours.operations.findLast(({ kind }) => kind === "charge");
  if (operation && ours.status !== "pending") {
    // By our own key the gateway says more, such as the card and the end of a hold.
    await confirmOperation(operation.id, viewer);
    await settleOperation(operation.id, { outcome, actor: viewer });
    return ours.id;
  }
  return inTransaction(async (tx) => {
    const transaction = await lockTransaction(tx, ours.id);
    return settleAdopted(tx, viewer, transaction, charge);
  });
}

/** A second charge of one payment is a second payment of its order: flagged, for a person to refund. */
async function adoptSecond(
  tx: Tx,
  viewer: Viewer,
  { configuration, charge }: AdoptCharge,
  ours: OurPayment,
): Promise<number> {
  if (charge.currency !== ours.currency) {
    throw new PaymentError("conflict", "The second charge is in another currency than the order.");
  }
  const transaction = await insertAdopted(tx, viewer, configuration, charge, {
    id: ours.orderId,
    userId: ours.userId,
  });
  return settleAdopted(tx, viewer, transaction, charge);
}

/** A charge whose reference nothing here has, as after a restored backup. */
async function adoptUnknown(
  tx: Tx,
  viewer: Viewer,
  { configuration, charge, userEmail }: AdoptCharge,
): Promise<number> {
  if (!userEmail) throw invalidField("user_email", "Say whose payment this is.");
  const user = await findUserByEmail(userEmail, tx);
  if (!user) throw invalidField("user_email", "Nobody is registered with this e-mail.");
  const { currency, amountMinor } = charge;
  if (!isCurrency(currency)) {
    throw new PaymentError("conflict", "The charge is in a currency that this shop does not know.");
  }
  const name = `Recovered payment ${charge.merchantReference || charge.reference}`.slice(0, 200);
  const order = await insertOrder(tx, {
    orderNumber: newOrderNumber(),
    userId: user.id,
    amountMinor,
    currency,
    idempotencyKeyId: null,
    items: [{ sku: null, name, unitAmountMinor: amountMinor, quantity: 1 }],
  });
  await recordAudit(tx, {
    entity: "order",
    entityId: order.orderNumber,
    action: "created",
    actor: viewer,
    toStatus: "pending",
    reason: name,
    after: { amount_minor: String(amountMinor), currency },
  });
  const transaction = await insertAdopted(tx, viewer, configuration, charge, order);
  return settleAdopted(tx, viewer, transaction, charge);
}

/** A pending payment for what the charge took or holds; under its own id there, where that is one of ours and free. */
async function insertAdopted(
  tx: Tx,
  viewer: Viewer,
  configuration: StoredConfiguration,
  charge: ListedCharge,
  order: { id: number; userId: number },
): Promise<TransactionRecord> {
  const { merchantReference, amountMinor, currency } = charge;
  const isFree =
    transactionIdPattern.test(merchantReference) &&
    (await findTransaction(merchantReference, null, tx)) === null;
  const transaction = await insertTransaction(tx, {
    transactionId: isFree ? merchantReference : newTransactionId(),
    orderId: order.id,
    userId: order.userId,
    configurationId: configuration.id,
    gateway: configuration.gateway as GatewayName,
    amountMinor,
    currency,
    metadata: { payment_method: configuration.gateway, adopted_charge: charge.reference },
  });
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transaction.transactionId,
    action: "adopted",
    actor: viewer,
    toStatus: "pending",
    after: { reference: charge.reference, merchant_reference: merchantReference },
  });
  return transaction;
}

/** Opens the charge that was made and settles it by what the gateway lists. */
async function settleAdopted(
  tx: Tx,
  viewer: Viewer,
  transaction: TransactionRecord,
  charge: ListedCharge,
): Promise<number> {
  const { id: transactionPk, transactionId, gateway, amountMinor, currency } = transaction;
  const outcome = outcomeOf(charge);
  if (transaction.status === "pending") {
    await updateTransaction(tx, transactionPk, {
      status: "processing",
      captureMethod: outcome.kind === "authorized" ? "manual" : "automatic",
      // The rule of one payment an order is for what shoppers begin; this has been charged.
      excessCapture: await isPaidOtherwise(tx, transaction),
    });
    await recordAudit(tx, {
      entity: "transaction",
      entityId: transactionId,
      action: "charge_adopted",
      actor: viewer,
      fromStatus: "pending",
      toStatus: "processing",
      after: { reference: charge.reference },
    });
  }
  const operationId = randomUUID();
  await insertOperation(tx, {
    id: operationId,
    kind: "charge",
    transactionPk,
    refundPk: null,
    fingerprint: new Uint8Array(
      createHash("sha256").update(`charge ${transactionId} ${amountMinor} ${currency}`).digest(),
    ),
    // Unique, so that a charge is adopted once; the key that it was made with is not known.
    gatewayKey: `adopted-${gateway}-${charge.reference}`,
    amountMinor,
    leaseMs,
    firstCheckMs,
  });
  await dateOperation(tx, operationId, charge.createdAt);
  await settleOperationIn(tx, operationId, { outcome, actor: viewer });
  return transactionPk;
}

async function isPaidOtherwise(tx: Tx, transaction: TransactionRecord): Promise<boolean> {
  const others = await findOrderTransactions(transaction.orderId, tx);
  return others.some(
    ({ id, excessCapture, capturedMinor, status }) =>
      id !== transaction.id &&
      !excessCapture &&
      (capturedMinor > 0n ||
        (inFlightOrPaidStatuses as readonly TransactionStatus[]).includes(status)),
  );
}

/** A charge of the list as the answer to a charge: what was captured in parts began as a hold. */
function outcomeOf(charge: ListedCharge): Extract<Outcome, { kind: "succeeded" | "authorized" }> {
  const { reference, amountMinor, currency } = charge;
  const told = { reference, amountMinor, currency, card: null };
  return charge.status === "succeeded" && charge.capturedMinor === amountMinor
    ? { kind: "succeeded", ...told }
    : { kind: "authorized", ...told, expiresAt: null };
}
