import { recordAudit } from "../db/audit.ts";
import { insertJournal } from "../db/ledger.ts";
import { updateOperation } from "../db/operations.ts";
import { getRefundByPk, updateRefund } from "../db/refunds.ts";
import { updateTransaction } from "../db/transactions.ts";
import { invariant } from "../domain/errors.ts";
import { refundJournal } from "../domain/ledger.ts";
import { canMoveRefund, statusAfterRefund, type RefundStatus } from "../domain/payment.ts";
import { nextCheckMs } from "./check-schedule.ts";
import { keepAsking, moveTransaction, type Settlement } from "./settlement.ts";

/** Books what became of a refund. */
export async function settleRefund(settlement: Settlement): Promise<void> {
  const { outcome, operation } = settlement;
  switch (outcome.kind) {
    case "succeeded":
      return outcome.amountMinor === operation.amountMinor
        ? endRefund(settlement, "refunded", outcome.reference, "")
        : keepAsking(settlement, "amount_mismatch", null);
    case "declined":
      return endRefund(settlement, "failed", outcome.reference, outcome.message);
    case "not_sent":
      return endRefund(
        settlement,
        "failed",
        null,
        "The gateway was not reached. Nothing was refunded.",
      );
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
  invariant(
    canMoveRefund(refund.status, status),
    `${refund.refundId} ${refund.status} → ${status}`,
  );
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
