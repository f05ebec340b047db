import { recordAudit } from "../db/audit.ts";
import { raiseCase } from "../db/cases.ts";
import { insertJournal } from "../db/ledger.ts";
import { updateOperation } from "../db/operations.ts";
import { lockOrder, setOrderStatus, type OrderRecord } from "../db/orders.ts";
import { enqueueMessage } from "../db/outbox.ts";
import { findOrderTransactions } from "../db/transactions.ts";
import { invariant } from "../domain/errors.ts";
import { captureJournal } from "../domain/ledger.ts";
import { formatAmount } from "../domain/money.ts";
import { inFlightOrPaidStatuses, type TransactionStatus } from "../domain/payment.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";
import { log } from "../observability/log.ts";
import { nextCheckMs } from "./check-schedule.ts";
import {
  doubtAmount,
  endOperation,
  keepAsking,
  moveTransaction,
  type Settlement,
} from "./settlement.ts";

type Taken = Extract<LookupOutcome, { kind: "succeeded" | "authorized" }>;

/** Books what became of a charge. */
export async function settleCharge(settlement: Settlement): Promise<void> {
  const { outcome, operation, transaction } = settlement;
  switch (outcome.kind) {
    case "succeeded":
    case "authorized": {
      const asAsked =
        outcome.amountMinor === operation.amountMinor && outcome.currency === transaction.currency;
      if (!asAsked) return doubtAmount(settlement, outcome);
      // A hold where the money should have been taken is not what was asked for either.
      if (outcome.kind === "authorized" && transaction.captureMethod === "automatic") {
        return keepAsking(settlement, "held instead of captured");
      }
      return takeMoney(settlement, outcome);
    }
    case "action_required":
      return awaitShopper(settlement, outcome);
    case "declined":
      return endCharge(settlement, outcome.reason, outcome.message, outcome.reference);
    case "absent":
      return endCharge(
        settlement,
        "not_charged",
        "The payment did not reach the gateway. Nothing was charged.",
        null,
      );
    case "not_sent":
      return reopen(settlement, outcome.detail);
    case "pending":
      return followShopper(settlement, "pending at the gateway");
    case "unknown":
      return settlement.shopperDone === true
        ? followShopper(settlement, outcome.detail)
        : keepAsking(settlement, outcome.detail);
  }
}

async function takeMoney(settlement: Settlement, outcome: Taken): Promise<void> {
  const { tx, transaction } = settlement;
  const order = await lockOrder(tx, transaction.orderId);
  invariant(order, "a transaction has an order");
  const excessCapture = await isPaidOtherwise(settlement);
  const isHeld = outcome.kind === "authorized";
  await moveTransaction(
    settlement,
    isHeld ? "authorized" : "success",
    excessCapture ? "excess_capture" : isHeld ? "authorized" : "captured",
    {
      ...(transaction.captureMethod === "manual" ? { authorizedMinor: outcome.amountMinor } : {}),
      ...(isHeld
        ? { authorizationExpiresAt: outcome.expiresAt }
        : { capturedMinor: outcome.amountMinor }),
      gatewayTransactionId: outcome.reference,
      excessCapture,
      errorCode: null,
      errorMessage: "",
      nextActionUrl: null,
      metadata: {
        ...(transaction.metadata as Record<string, string>),
        ...(outcome.card ? { card_brand: outcome.card.brand, card_last4: outcome.card.last4 } : {}),
      },
    },
  );
  await endOperation(settlement, "succeeded", {
    kind: outcome.kind,
    reference: outcome.reference,
  });
  if (!isHeld) await bookCapture(settlement, transaction.transactionId, outcome.amountMinor);
  if (excessCapture) return tellOfExcess(settlement);
  if (!isHeld) await payOrder(settlement, order);
}

/** True where another payment of the order was kept, or is on its way to be. */
async function isPaidOtherwise({ tx, transaction }: Settlement): Promise<boolean> {
  const others = await findOrderTransactions(transaction.orderId, tx);
  return others.some(
    (other) =>
      other.id !== transaction.id &&
      !other.excessCapture &&
      (other.capturedMinor > 0n ||
        (inFlightOrPaidStatuses as readonly TransactionStatus[]).includes(other.status)),
  );
}

/** Writes that the gateway took an amount for us. */
export async function bookCapture(
  { tx, transaction }: Settlement,
  sourceId: string,
  amountMinor: bigint,
): Promise<void> {
  await insertJournal(
    tx,
    captureJournal({
      sourceId,
      transactionPk: transaction.id,
      gateway: transaction.gateway,
      amountMinor,
      currency: transaction.currency,
    }),
  );
}

/** Money for an order that is paid otherwise: a person decides, nothing is given back by itself. */
async function tellOfExcess({ tx, transaction }: Settlement): Promise<void> {
  log.error("money taken for an order that is paid otherwise", {
    transactionId: transaction.transactionId,
  });
  await raiseCase(tx, {
    kind: "excess_capture",
    subject: transaction.transactionId,
    gateway: transaction.gateway,
    transactionId: transaction.transactionId,
    evidence: {
      order_number: transaction.orderNumber,
      amount: formatAmount(transaction.amountMinor, transaction.currency),
      currency: transaction.currency,
    },
  });
}

/** The order is paid: told to its row, the audit and other systems, once. */
export async function payOrder(
  { tx, transaction, actor }: Settlement,
  order: Pick<OrderRecord, "id" | "orderNumber" | "status">,
): Promise<void> {
  await setOrderStatus(tx, order.id, "paid");
  await recordAudit(tx, {
    entity: "order",
    entityId: order.orderNumber,
    action: "paid",
    actor,
    fromStatus: order.status,
    toStatus: "paid",
  });
  await enqueueMessage(tx, {
    topic: "order.paid",
    dedupeKey: transaction.transactionId,
    payload: { order_number: order.orderNumber, transaction_id: transaction.transactionId },
  });
}

async function awaitShopper(
  settlement: Settlement,
  outcome: Extract<LookupOutcome, { kind: "action_required" }>,
): Promise<void> {
  const { tx, operation, transaction } = settlement;
  if (transaction.status !== "requires_action") {
    await moveTransaction(settlement, "requires_action", "action_required", {
      ...(outcome.reference === null ? {} : { gatewayTransactionId: outcome.reference }),
      nextActionUrl: outcome.url,
    });
  }
  await updateOperation(tx, operation.id, {
    state: "awaiting_action",
    nextCheckMs: nextCheckMs(operation.checks),
    outcome: { kind: "action_required", reference: outcome.reference },
    settled: false,
  });
}

/** The shopper has done their part: what waited for them is under way again. */
async function followShopper(settlement: Settlement, detail: string): Promise<void> {
  const { transaction, operation } = settlement;
  if (transaction.status === "requires_action") {
    await moveTransaction(settlement, "processing", "shopper_done", {});
  }
  await keepAsking({ ...settlement, operation: { ...operation, state: "unknown" } }, detail);
}

async function endCharge(
  settlement: Settlement,
  code: string,
  message: string,
  reference: string | null,
): Promise<void> {
  const status = code === "cancelled" ? "cancelled" : "failed";
  await moveTransaction(settlement, status, code, {
    errorCode: code,
    errorMessage: message,
    nextActionUrl: null,
    ...(reference === null ? {} : { gatewayTransactionId: reference }),
  });
  await endOperation(settlement, "declined", { kind: "declined", code, reference });
}

/** The gateway was certainly not reached: the shopper may simply try again. */
async function reopen(settlement: Settlement, detail: string): Promise<void> {
  await moveTransaction(settlement, "pending", "not_sent", {});
  await endOperation(settlement, "not_sent", { kind: "not_sent", detail });
}
