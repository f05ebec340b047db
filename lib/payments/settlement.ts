import type { Actor } from "../domain/actor.ts";
import type { CaseKind } from "../domain/case.ts";
import { recordAudit } from "../db/audit.ts";
import { caseKeyOf, clearCases, raiseCase } from "../db/cases.ts";
import { invariant } from "../domain/errors.ts";
import { formatAmount } from "../domain/money.ts";
import { canMove, type TransactionStatus } from "../domain/payment.ts";
import type { Tx } from "../db/client.ts";
import { updateOperation, type Operation } from "../db/operations.ts";
import { updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import { noAnswer, type LookupOutcome } from "../gateways/gateway.ts";
import { nextCheckMs } from "./check-schedule.ts";

/** One piece of news about an operation, with the rows it is about, locked. */
export type Settlement = {
  tx: Tx;
  operation: Operation;
  transaction: TransactionRecord;
  outcome: LookupOutcome;
  actor: Actor;
  /** Somebody says that the shopper has done their part: an unknown outcome is awaited, not the shopper. */
  shopperDone?: boolean;
};

/** A change of a transaction whose row is locked, and who makes it. */
export type Change = Pick<Settlement, "tx" | "transaction" | "actor">;

/**
 * Nobody knows yet: the status stays and the janitor asks on. When its schedule is over, a person sees
 * it; it is never called failed by its age.
 */
export async function keepAsking(settlement: Settlement, detail: string): Promise<void> {
  const { tx, operation, transaction, outcome } = settlement;
  const checkMs = nextCheckMs(operation.checks);
  await updateOperation(tx, operation.id, {
    state: operation.state === "awaiting_action" ? "awaiting_action" : "unknown",
    nextCheckMs: checkMs,
    outcome: {
      kind: outcome.kind,
      detail,
      // What a gateway left unanswered is asked again as soon as it answers anything.
      unanswered: outcome.kind === "unknown" && (detail === noAnswer || operation.checks > 0),
      ...("reference" in outcome ? { reference: outcome.reference } : {}),
    },
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
  if (checkMs === null) await tellStaff(settlement, "outcome_unknown", { detail });
}

/**
 * The gateway speaks of another amount or currency than was asked for: never a success. A person is
 * told at once, and the gateway is asked on, as its next word may be the right one.
 */
export async function doubtAmount(
  settlement: Settlement,
  told: { amountMinor: bigint; currency: string },
): Promise<void> {
  await tellStaff(settlement, "amount_mismatch", {
    told: formatAmount(told.amountMinor, settlement.transaction.currency),
    told_currency: told.currency,
  });
  await keepAsking(settlement, "amount_mismatch");
}

/** Puts an operation before a person. */
export async function tellStaff(
  { tx, operation, transaction }: Settlement,
  kind: CaseKind,
  evidence: Record<string, string>,
): Promise<void> {
  await raiseCase(tx, {
    kind,
    subject: operation.id,
    gateway: transaction.gateway,
    transactionId: transaction.transactionId,
    evidence: {
      operation: operation.id,
      operation_kind: operation.kind,
      asked: formatAmount(operation.amountMinor, transaction.currency),
      currency: transaction.currency,
      ...evidence,
    },
  });
}

/** The outcome is known: what a person was asked about the operation has an answer. */
async function closeQuestions({ tx, operation }: Settlement): Promise<void> {
  const keys = [
    caseKeyOf("outcome_unknown", operation.id),
    caseKeyOf("amount_mismatch", operation.id),
  ];
  await clearCases(tx, keys, "The gateway has told the outcome.");
}

/** Ends an operation with what it came to. */
export async function endOperation(
  settlement: Settlement,
  state: "succeeded" | "declined" | "not_sent",
  outcome: Record<string, string | null>,
): Promise<void> {
  const { tx, operation } = settlement;
  await updateOperation(tx, operation.id, { state, nextCheckMs: null, outcome, settled: true });
  // Only what was asked about more than once, or doubted, can have been put before a person.
  if (operation.state !== "in_flight") await closeQuestions(settlement);
}

/** Moves a transaction along the table of legal moves, with the audit of it. */
export async function moveTransaction(
  { tx, transaction, actor }: Change,
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

/** Changes the sums of a transaction whose status stays, with the audit of it. */
export async function changeSums(
  { tx, transaction, actor }: Change,
  action: string,
  data: Parameters<typeof updateTransaction>[2],
  reason = "",
): Promise<void> {
  const after = await updateTransaction(tx, transaction.id, data);
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transaction.transactionId,
    action,
    actor,
    reason,
    before: auditView(transaction),
    after: auditView(after),
  });
}

/** What the audit keeps of a transaction: its sums and references, as text. */
function auditView(transaction: TransactionRecord): Record<string, string | boolean | null> {
  return {
    status: transaction.status,
    authorized_minor: String(transaction.authorizedMinor),
    captured_minor: String(transaction.capturedMinor),
    voided_minor: String(transaction.voidedMinor),
    refunded_minor: String(transaction.refundedMinor),
    refund_pending_minor: String(transaction.refundPendingMinor),
    disputed_minor: String(transaction.disputedMinor),
    gateway_transaction_id: transaction.gatewayTransactionId,
    excess_capture: transaction.excessCapture,
    error_code: transaction.errorCode,
  };
}
