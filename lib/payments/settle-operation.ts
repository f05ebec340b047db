import type { Actor } from "../domain/actor.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { getOperation } from "../db/operations.ts";
import { getTransactionByPk, lockTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { LookupOutcome } from "../gateways/gateway.ts";
import { settleCharge } from "./settle-charge.ts";
import { settleHold } from "./settle-hold.ts";
import { settleRefund } from "./settle-refund.ts";
import type { Settlement } from "./settlement.ts";

/** What somebody learned about an operation: the answer to the call, or to a later question. */
export type Evidence = {
  outcome: LookupOutcome;
  actor: Actor;
  /** The shopper says that they have done their part. */
  shopperDone?: boolean;
};

/**
 * The only function that moves a status. The answer to the call, a webhook, the shopper's return, a read
 * and the janitor all come through it, under the lock of the transaction's row: the second to come
 * changes nothing. Returns the transaction as it is then.
 */
export async function settleOperation(
  operationId: string,
  evidence: Evidence,
): Promise<TransactionRecord> {
  return inTransaction((tx) => settleOperationIn(tx, operationId, evidence));
}

/** As `settleOperation`, as a part of a database transaction that wrote the operation too. */
export async function settleOperationIn(
  tx: Tx,
  operationId: string,
  evidence: Evidence,
): Promise<TransactionRecord> {
  const found = await getOperation(operationId, tx);
  const transaction = await lockTransaction(tx, found.transactionPk);
  // Read again: another may have settled it while we waited for the lock.
  const operation = await getOperation(operationId, tx);
  const settlement: Settlement = { tx, operation, transaction, ...evidence };
  if (!isNews(settlement)) return transaction;
  await settlers[operation.kind](settlement);
  return getTransactionByPk(transaction.id, tx);
}

const settlers = {
  charge: settleCharge,
  capture: settleHold,
  void: settleHold,
  refund: settleRefund,
} as const;

/**
 * A settled operation hears of two things more: a late success (or hold), which is money and is always
 * taken in, and a refund that failed after it had seemed done.
 */
function isNews({ operation, outcome }: Settlement): boolean {
  if (operation.settledAt === null) return true;
  const isLateSuccess = outcome.kind === "succeeded" || outcome.kind === "authorized";
  if (operation.state !== "succeeded") return isLateSuccess;
  return operation.kind === "refund" && outcome.kind === "declined";
}
