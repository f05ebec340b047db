import type { Actor } from "../domain/actor.ts";
import { invariant } from "../domain/errors.ts";
import { captureJournal, refundJournal } from "../domain/ledger.ts";
import {
  canMove,
  canMoveRefund,
  inFlightOrPaidStatuses,
  statusAfterRefund,
  type RefundStatus,
  type TransactionStatus,
} from "../domain/payment.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { insertJournal } from "../db/ledger.ts";
import { getOperation, updateOperation, type Operation } from "../db/operations.ts";
import { lockOrder, setOrderStatus } from "../db/orders.ts";
import { enqueueMessage } from "../db/outbox.ts";
import { getRefundByPk, updateRefund } from "../db/refunds.ts";
import {
  findOrderTransactions,
  getTransactionByPk,
  lockTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import { log } from "../observability/log.ts";
import { nextCheckMs } from "./check-schedule.ts";

/** What somebody learned about an operation: the answer to the call, or to a later question. */
export type Evidence = { outcome: LookupOutcome; actor: Actor };

type Settlement = {
  tx: Tx;
  operation: Operation;
  transaction: TransactionRecord;
  outcome: LookupOutcome;
  actor: Actor;
};

const finalStates: readonly Operation["state"][] = ["succeeded", "declined", "not_sent"];

/**
 * The only function that moves a status. The answer to the call, the shopper's return, a read and the
 * janitor all come through it, under the lock of the transaction's row: the second to come changes
 * nothing. Returns the transaction as it is then.
 */
export async function settleOperation(
  operationId: string,
  evidence: Evidence,
): Promise<TransactionRecord> {
  return inTransaction(async (tx) => {
    const found = await getOperation(operationId, tx);
    const transaction = await lockTransaction(tx, found.transactionPk);
    // Read again: another may have settled it while we waited for the lock.
    const operation = await getOperation(operationId, tx);
    const settlement: Settlement = { tx, operation, transaction, ...evidence };
    if (!isNews(settlement)) return transaction;
    await (operation.kind === "charge" ? settleCharge(settlement) : settleRefund(settlement));
    return getTransactionByPk(transaction.id, tx);
  });
}

/** A settled operation hears of nothing but a late success, which is money and is always taken in. */
function isNews({ operation, outcome }: Settlement): boolean {
  if (!finalStates.includes(operation.state)) return true;
  return outcome.kind === "succeeded" && operation.state !== "succeeded";
}

async function settleCharge(settlement: Settlement): Promise<void> {
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
  await setOrderStatus(tx, order.id, "paid");
  await recordAudit(tx, {
    entity: "order",
    entityId: order.orderNumber,
    action: "paid",
    actor: settlement.actor,
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

/** Nobody knows yet: the status stays, and the janitor asks on. */
async function keepAsking(
  settlement: Settlement,
  detail: string,
  checkMs: number | null,
): Promise<void> {
  const { tx, operation, transaction } = settlement;
  await updateOperation(tx, operation.id, {
    state: operation.state === "awaiting_action" ? "awaiting_action" : "unknown",
    nextCheckMs: checkMs,
    outcome: { kind: "unknown", detail },
    settled: false,
  });
  if (operation.state === "in_flight" || checkMs === null) {
    await recordAudit(tx, {
      entity: "transaction",
      entityId: transaction.transactionId,
      action: checkMs === null ? "needs_a_person" : "outcome_unknown",
      actor: settlement.actor,
      reason: detail,
    });
  }
}

async function moveTransaction(
  { tx, transaction, actor }: Settlement,
  status: TransactionStatus,
  action: string,
  data: Parameters<typeof updateTransaction>[2],
): Promise<void> {
  const from = transaction.status;
  invariant(canMove(from, status), `${transaction.transactionId} may not move ${from} → ${status}`);
  const after = await updateTransaction(tx, transaction.id, { ...data, status });
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transaction.transactionId,
    action,
    actor,
    fromStatus: from,
    toStatus: status,
    reason: after.errorMessage,
    before: auditView(transaction),
    after: auditView(after),
  });
}

/** What the audit keeps of a transaction: its sums and references, as text. */
export function auditView(transaction: TransactionRecord): Record<string, string | boolean | null> {
  return {
    status: transaction.status,
    captured_minor: String(transaction.capturedMinor),
    refunded_minor: String(transaction.refundedMinor),
    refund_pending_minor: String(transaction.refundPendingMinor),
    gateway_transaction_id: transaction.gatewayTransactionId,
    excess_capture: transaction.excessCapture,
    error_code: transaction.errorCode,
  };
}

async function settleRefund(settlement: Settlement): Promise<void> {
  const { outcome, operation } = settlement;
  switch (outcome.kind) {
    case "succeeded":
      return outcome.amountMinor === operation.amountMinor
        ? endRefund(settlement, "refunded", outcome.reference, "")
        : keepAsking(settlement, "amount_mismatch", null);
    case "declined":
      return endRefund(settlement, "failed", outcome.reference, outcome.message);
    case "not_sent":
      return endRefund(settlement, "failed", null, "The gateway was not reached. Nothing was refunded.");
    // A gateway that does not know the key gets the same request again (check-operation.ts).
    case "absent":
    case "action_required":
    case "unknown":
      return keepAsking(
        settlement,
        outcome.kind === "unknown" ? outcome.detail : outcome.kind,
        nextCheckMs(operation.checks),
      );
  }
}

async function endRefund(
  settlement: Settlement,
  status: Exclude<RefundStatus, "pending">,
  reference: string | null,
  message: string,
): Promise<void> {
  const { tx, operation, transaction, actor } = settlement;
  invariant(operation.refundPk !== null, "a refund operation has a refund");
  const refund = await getRefundByPk(operation.refundPk, tx);
  invariant(canMoveRefund(refund.status, status), `${refund.refundId} ${refund.status} → ${status}`);
  await updateRefund(tx, refund.id, {
    status,
    errorMessage: message,
    ...(reference === null ? {} : { gatewayRefundId: reference }),
  });
  await updateOperation(tx, operation.id, {
    state: status === "refunded" ? "succeeded" : "declined",
    nextCheckMs: null,
    outcome: { kind: status, reference },
    settled: true,
  });
  await recordAudit(tx, {
    entity: "refund",
    entityId: refund.refundId,
    action: status,
    actor,
    fromStatus: refund.status,
    toStatus: status,
    reason: message || refund.reason,
  });
  const reserved = refund.status === "pending" ? refund.amountMinor : 0n;
  if (status === "failed") {
    await updateTransaction(tx, transaction.id, { refundPendingMinor: { decrement: reserved } });
    return;
  }
  await insertJournal(
    tx,
    refundJournal({
      sourceId: refund.refundId,
      transactionPk: transaction.id,
      gateway: transaction.gateway,
      amountMinor: refund.amountMinor,
      currency: transaction.currency,
    }),
  );
  await applyRefundSums(settlement, refund.amountMinor, reserved);
}

async function applyRefundSums(
  settlement: Settlement,
  amountMinor: bigint,
  reservedMinor: bigint,
): Promise<void> {
  const { tx, transaction } = settlement;
  const refundedMinor = transaction.refundedMinor + amountMinor;
  const sums = {
    refundedMinor,
    refundPendingMinor: transaction.refundPendingMinor - reservedMinor,
  };
  const status = statusAfterRefund(transaction.capturedMinor, refundedMinor);
  if (status === transaction.status) await updateTransaction(tx, transaction.id, sums);
  else await moveTransaction(settlement, status, "refunded", sums);
}
