import { recordAudit } from "../db/audit.ts";
import { insertJournal } from "../db/ledger.ts";
import { updateOperation } from "../db/operations.ts";
import { lockOrder, setOrderStatus } from "../db/orders.ts";
import { enqueueMessage } from "../db/outbox.ts";
import { findOrderTransactions } from "../db/transactions.ts";
import { invariant } from "../domain/errors.ts";
import { captureJournal } from "../domain/ledger.ts";
import { inFlightOrPaidStatuses, type TransactionStatus } from "../domain/payment.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";
import { log } from "../observability/log.ts";
import { nextCheckMs } from "./check-schedule.ts";
import { keepAsking, moveTransaction, type Settlement } from "./settlement.ts";

/** Books what became of a charge. */
export async function settleCharge(settlement: Settlement): Promise<void> {
  const { outcome, operation, transaction } = settlement;
  switch (outcome.kind) {
    case "succeeded": {
      const asAsked =
        outcome.amountMinor === operation.amountMinor && outcome.currency === transaction.currency;
      return asAsked
        ? captureCharge(settlement, outcome)
        : keepAsking(settlement, "amount_mismatch", null);
    }
    case "action_required":
      return awaitShopper(settlement, outcome);
    case "declined":
      return endCharge(settlement, "failed", outcome.reason, outcome.message, outcome.reference);
    case "absent":
      return endCharge(
        settlement,
        "failed",
        "not_charged",
        "The payment did not reach the gateway. Nothing was charged.",
        null,
      );
    case "not_sent":
      return reopen(settlement, outcome.detail);
    case "unknown":
      return keepAsking(settlement, outcome.detail, nextCheckMs(operation.checks));
  }
}

async function captureCharge(
  settlement: Settlement,
  outcome: Extract<LookupOutcome, { kind: "succeeded" }>,
): Promise<void> {
  const { tx, operation, transaction } = settlement;
  const order = await lockOrder(tx, transaction.orderId);
  invariant(order, "a transaction has an order");
  const others = await findOrderTransactions(order.id, tx);
  const excessCapture = others.some(
    (other) =>
      other.id !== transaction.id &&
      !other.excessCapture &&
      (other.capturedMinor > 0n ||
        (inFlightOrPaidStatuses as readonly TransactionStatus[]).includes(other.status)),
  );
  await moveTransaction(settlement, "success", excessCapture ? "excess_capture" : "captured", {
    capturedMinor: outcome.amountMinor,
    gatewayTransactionId: outcome.reference,
    excessCapture,
    errorCode: null,
    errorMessage: "",
    nextActionUrl: null,
    metadata: {
      ...(transaction.metadata as Record<string, string>),
      ...(outcome.card ? { card_brand: outcome.card.brand, card_last4: outcome.card.last4 } : {}),
    },
  });
  await updateOperation(tx, operation.id, {
    state: "succeeded",
    nextCheckMs: null,
    outcome: { kind: "succeeded", reference: outcome.reference },
    settled: true,
  });
  await insertJournal(
    tx,
    captureJournal({
      sourceId: transaction.transactionId,
      transactionPk: transaction.id,
      gateway: transaction.gateway,
      amountMinor: outcome.amountMinor,
      currency: transaction.currency,
    }),
  );
  if (excessCapture) {
    log.error("money taken for an order that is paid otherwise", {
      transactionId: transaction.transactionId,
    });
    return;
  }
  await payOrder(settlement, order);
}

async function payOrder(
  { tx, transaction, actor }: Settlement,
  order: { id: number; orderNumber: string; status: string },
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
      gatewayTransactionId: outcome.reference,
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

async function endCharge(
  settlement: Settlement,
  status: "failed",
  code: string,
  message: string,
  reference: string | null,
): Promise<void> {
  const { tx, operation } = settlement;
  await moveTransaction(settlement, status, code, {
    errorCode: code,
    errorMessage: message,
    nextActionUrl: null,
    ...(reference === null ? {} : { gatewayTransactionId: reference }),
  });
  await updateOperation(tx, operation.id, {
    state: "declined",
    nextCheckMs: null,
    outcome: { kind: "declined", code, reference },
    settled: true,
  });
}

/** The gateway was certainly not reached: the shopper may simply try again. */
async function reopen(settlement: Settlement, detail: string): Promise<void> {
  const { tx, operation } = settlement;
  await moveTransaction(settlement, "pending", "not_sent", {});
  await updateOperation(tx, operation.id, {
    state: "not_sent",
    nextCheckMs: null,
    outcome: { kind: "not_sent", detail },
    settled: true,
  });
}
