import type { Actor } from "../domain/actor.ts";
import { recordAudit } from "../db/audit.ts";
import { invariant } from "../domain/errors.ts";
import { canMove, type TransactionStatus } from "../domain/payment.ts";
import type { Tx } from "../db/client.ts";
import { updateOperation, type Operation } from "../db/operations.ts";
import { updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";

/** One piece of news about an operation, with the rows it is about, locked. */
export type Settlement = {
  tx: Tx;
  operation: Operation;
  transaction: TransactionRecord;
  outcome: LookupOutcome;
  actor: Actor;
};

/** Nobody knows yet: the status stays, and the janitor asks on. */
export async function keepAsking(
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

/** Moves a transaction along the table of legal moves, with the audit of it. */
export async function moveTransaction(
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
function auditView(transaction: TransactionRecord): Record<string, string | boolean | null> {
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
