import { recordAudit } from "../db/audit.ts";
import { caseKeyOf, raiseCase, resolveCase } from "../db/cases.ts";
import { countJournals, insertJournal } from "../db/ledger.ts";
import { getRefundByPk, updateRefund, type RefundRecord } from "../db/refunds.ts";
import { enqueueMessage } from "../db/outbox.ts";
import type { Actor } from "../domain/actor.ts";
import { invariant } from "../domain/errors.ts";
import { refundFailedJournal, refundJournal } from "../domain/ledger.ts";
import { formatAmount } from "../domain/money.ts";
import { canMoveRefund, statusAfterRefund, type RefundStatus } from "../domain/payment.ts";
import type { Tx } from "../db/client.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import {
  changeSums,
  doubtAmount,
  endOperation,
  keepAsking,
  moveTransaction,
  tellStaff,
  type Change,
  type Settlement,
} from "./settlement.ts";

/** Books what became of a refund. */
export async function settleRefund(settlement: Settlement): Promise<void> {
  const { outcome, operation } = settlement;
  switch (outcome.kind) {
    case "succeeded":
      return outcome.amountMinor === operation.amountMinor
        ? endRefund(settlement, "refunded", outcome.reference, "")
        : doubtAmount(settlement, outcome);
    case "declined":
      return endRefund(settlement, "failed", outcome.reference, outcome.message);
    case "not_sent": {
      const message = "The gateway was not reached. Nothing was refunded.";
      return endRefund(settlement, "failed", null, message);
    }
    case "pending":
      return awaitGateway(settlement, outcome.reference);
    // A gateway that does not know the key gets the same request again (check-operation.ts).
    case "absent":
    case "authorized":
    case "action_required":
      return keepAsking(settlement, outcome.kind);
    case "unknown":
      return keepAsking(settlement, outcome.detail);
  }
}

/** The gateway has the refund and will tell how it ends: its id there is kept, its amount reserved. */
async function awaitGateway(settlement: Settlement, reference: string): Promise<void> {
  const { tx, operation } = settlement;
  invariant(operation.refundPk !== null, "a refund operation has a refund");
  await updateRefund(tx, operation.refundPk, { gatewayRefundId: reference });
  await keepAsking(settlement, "pending at the gateway");
}

async function endRefund(
  settlement: Settlement,
  status: Exclude<RefundStatus, "pending">,
  reference: string | null,
  message: string,
): Promise<void> {
  const { tx, operation, transaction } = settlement;
  invariant(operation.refundPk !== null, "a refund operation has a refund");
  const refund = await getRefundByPk(operation.refundPk, tx);
  const { capturedMinor, refundedMinor, refundPendingMinor } = transaction;
  const hasRoom =
    refund.status === "pending" ||
    refundedMinor + refundPendingMinor + refund.amountMinor <= capturedMinor;
  if (status === "refunded" && !hasRoom) {
    // It had failed, its amount was refunded anew, and now it has arrived after all.
    await tellStaff(settlement, "amount_mismatch", {
      refund_id: refund.refundId,
      detail: "a refund that had failed was paid out after its amount was refunded otherwise",
    });
    return;
  }
  await moveRefund(settlement, refund, status, { message, reference });
  await endOperation(settlement, status === "refunded" ? "succeeded" : "declined", {
    kind: status,
    reference,
  });
}

/**
 * Moves a refund to `refunded` or `failed` with everything that goes with it: the sums, the transaction's
 * status, the ledger, the audit, the case for staff and the message for other systems.
 */
export async function moveRefund(
  change: Change,
  refund: RefundRecord,
  status: Exclude<RefundStatus, "pending">,
  told: { message: string; reference: string | null },
): Promise<void> {
  const { tx, transaction, actor } = change;
  invariant(
    canMoveRefund(refund.status, status),
    `${refund.refundId} ${refund.status} → ${status}`,
  );
  await updateRefund(tx, refund.id, {
    status,
    errorMessage: told.message,
    ...(told.reference === null ? {} : { gatewayRefundId: told.reference }),
  });
  await auditRefund(tx, refund, status, actor, told.message);
  await bookRefund(tx, transaction, refund, status);
  await applySums(change, refund, status);
  if (status === "failed") await tellOfFailure(tx, transaction, refund, told.message);
  else if (transaction.excessCapture) await closeExcess(change, refund);
  await enqueueMessage(tx, {
    topic: status === "refunded" ? "refund.refunded" : "refund.failed",
    dedupeKey: refund.refundId,
    payload: { refund_id: refund.refundId, transaction_id: transaction.transactionId },
  });
}

function auditRefund(
  tx: Tx,
  refund: RefundRecord,
  status: RefundStatus,
  actor: Actor,
  message: string,
): Promise<void> {
  return recordAudit(tx, {
    entity: "refund",
    entityId: refund.refundId,
    action: status === "failed" && refund.status === "refunded" ? "failed_later" : status,
    actor,
    fromStatus: refund.status,
    toStatus: status,
    reason: message || refund.reason,
  });
}

async function bookRefund(
  tx: Tx,
  transaction: TransactionRecord,
  refund: RefundRecord,
  status: RefundStatus,
): Promise<void> {
  const isReversal = status === "failed" && refund.status === "refunded";
  if (status === "failed" && !isReversal) return;
  const make = isReversal ? refundFailedJournal : refundJournal;
  const turn =
    (await countJournals(tx, isReversal ? "refund_failed" : "refund", refund.refundId)) + 1;
  await insertJournal(
    tx,
    make({
      sourceId: turn === 1 ? refund.refundId : `${refund.refundId}/${turn}`,
      transactionPk: transaction.id,
      gateway: transaction.gateway,
      amountMinor: refund.amountMinor,
      currency: transaction.currency,
    }),
  );
}

async function applySums(
  change: Change,
  refund: RefundRecord,
  status: RefundStatus,
): Promise<void> {
  const { transaction } = change;
  const reservedMinor = refund.status === "pending" ? refund.amountMinor : 0n;
  const bookedMinor = refund.status === "refunded" ? refund.amountMinor : 0n;
  const refundedMinor =
    transaction.refundedMinor - bookedMinor + (status === "refunded" ? refund.amountMinor : 0n);
  const sums = {
    refundedMinor,
    refundPendingMinor: transaction.refundPendingMinor - reservedMinor,
  };
  const next = statusAfterRefund(transaction.capturedMinor, refundedMinor);
  const action = status === "refunded" ? "refunded" : "refund_failed";
  if (next === transaction.status) await changeSums(change, action, sums);
  else await moveTransaction(change, next, action, sums);
}

/** The amount is free again, and staff are told. */
async function tellOfFailure(
  tx: Tx,
  transaction: TransactionRecord,
  refund: RefundRecord,
  message: string,
): Promise<void> {
  await raiseCase(tx, {
    kind: "refund_failed",
    subject: refund.refundId,
    gateway: transaction.gateway,
    transactionId: transaction.transactionId,
    evidence: {
      refund_id: refund.refundId,
      amount: formatAmount(refund.amountMinor, refund.currency),
      currency: refund.currency,
      reason: message,
      had_seemed_done: refund.status === "refunded",
    },
  });
}

/** An excess that was given back in full waits for nobody any more. */
async function closeExcess({ tx, transaction }: Change, refund: RefundRecord): Promise<void> {
  if (transaction.refundedMinor + refund.amountMinor < transaction.capturedMinor) return;
  await resolveCase(tx, caseKeyOf("excess_capture", transaction.transactionId), {
    resolution: "refunded",
    resolvedById: refund.requestedById,
  });
}
