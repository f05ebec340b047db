import type { Actor } from "../domain/actor.ts";
import { getConfiguration } from "../db/configurations.ts";
import { claimCheck, findOpenOperations, getOperation, type Operation } from "../db/operations.ts";
import { getRefundByPk } from "../db/refunds.ts";
import { getTransactionByPk, type TransactionRecord } from "../db/transactions.ts";
import type { Gateway, GatewayAccount, LookupOutcome } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { invariant } from "../domain/errors.ts";
import { isUnsettled } from "../domain/payment.ts";
import { log } from "../observability/log.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

// Reading asks at most this often, however many readers there are.
const readCheckEveryMs = 250;

/** Asks the gateway what became of one operation, and settles it by the answer. */
export async function checkOperation(
  operationId: string,
  actor: Actor,
): Promise<TransactionRecord> {
  const operation = await getOperation(operationId);
  const transaction = await getTransactionByPk(operation.transactionPk);
  const outcome = await askGateway(operation, transaction);
  return settleOperation(operationId, { outcome, actor });
}

async function askGateway(
  operation: Operation,
  transaction: TransactionRecord,
): Promise<LookupOutcome> {
  const gateway = getGateway(transaction.gateway);
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  if (operation.kind === "refund") return askForRefund(gateway, account, operation, transaction);
  return gateway.lookupCharge(account, {
    gatewayKey: operation.gatewayKey,
    merchantReference: transaction.transactionId,
    amountMinor: operation.amountMinor,
    currency: transaction.currency,
  });
}

/** A refund that never arrived is sent again: its key makes that safe, and staff asked for it. */
async function askForRefund(
  gateway: Gateway,
  account: GatewayAccount,
  operation: Operation,
  transaction: TransactionRecord,
): Promise<LookupOutcome> {
  invariant(operation.refundPk !== null, "a refund operation has a refund");
  invariant(transaction.gatewayTransactionId !== null, "a refunded transaction has a charge");
  const refund = await getRefundByPk(operation.refundPk);
  const request = {
    gatewayKey: operation.gatewayKey,
    merchantReference: refund.refundId,
    amountMinor: operation.amountMinor,
    currency: transaction.currency,
  };
  const found = await gateway.lookupRefund(account, request);
  if (found.kind !== "absent") return found;
  return gateway.refund(account, { ...request, chargeReference: transaction.gatewayTransactionId });
}

/**
 * Asks about whatever of a transaction is not settled, for somebody who reads it or acts on it. Never
 * fails: a gateway that does not answer leaves it as it is. Returns the transaction as it is then.
 */
export async function refreshTransaction(
  transaction: TransactionRecord,
  actor: Actor,
): Promise<TransactionRecord> {
  const waits = transaction.refundPendingMinor > 0n || isUnsettled(transaction.status);
  if (!waits) return transaction;
  let current = transaction;
  for (const operation of await findOpenOperations(transaction.id)) {
    if (!(await claimCheck(operation.id, readCheckEveryMs))) continue;
    try {
      current = await checkOperation(operation.id, actor);
    } catch (error) {
      log.warn("asking about an operation failed", { operationId: operation.id, error });
    }
  }
  return current === transaction ? getTransactionByPk(transaction.id) : current;
}
