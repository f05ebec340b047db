import { getConfiguration } from "../db/configurations.ts";
import { findOpenOperations } from "../db/operations.ts";
import { findTransaction, getTransactionByPk, type TransactionRecord } from "../db/transactions.ts";
import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { getGateway } from "../gateways/registry.ts";
import { ownerScope, requirePayer } from "./access.ts";
import { callGateway } from "./call-gateway.ts";
import { asOnlyAsker, chargeQuestion, refreshTransaction } from "./check-operation.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";
import { endUnbegun, giveUpUnbegun } from "./take-in-charge.ts";

/**
 * Gives up a payment that waits for the shopper, so that the order can be paid another way. The gateway
 * is told first; where it took the money meanwhile, the payment is paid and says so. What is under way
 * without the shopper is not given up: its outcome is awaited. Returns the transaction as it is then.
 *
 * Throws `not_found`, `forbidden`.
 */
export async function cancelPayment(
  viewer: Viewer,
  transactionId: string,
): Promise<TransactionRecord> {
  requirePayer(viewer);
  const found = await findTransaction(transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  if (found.status === "pending") return cancelPrepared(found, viewer);
  if (found.status !== "requires_action") return refreshTransaction(found, viewer);
  return cancelAwaited(found, viewer);
}

async function cancelPrepared(
  transaction: TransactionRecord,
  viewer: Viewer,
): Promise<TransactionRecord> {
  const outcome = await giveUpUnbegun(transaction);
  // What was paid there already is told by the gateway's webhook, or by whoever processes the payment.
  if (outcome.kind === "declined") await endUnbegun(transaction, viewer);
  return getTransactionByPk(transaction.id);
}

async function cancelAwaited(
  transaction: TransactionRecord,
  viewer: Viewer,
): Promise<TransactionRecord> {
  const open = await findOpenOperations(transaction.id);
  const operation = open.find(({ kind }) => kind === "charge");
  if (operation?.state !== "awaiting_action") return getTransactionByPk(transaction.id);
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  const question = chargeQuestion(operation, transaction);
  // Nobody else may be carrying the charge on until it is given up.
  const cancelled = await asOnlyAsker(operation.id, 0, async () => {
    const outcome = await callGateway(account.configurationId, () =>
      getGateway(transaction.gateway).cancelCharge(account, question),
    );
    return settleOperation(operation.id, { outcome, actor: viewer });
  });
  return cancelled ?? getTransactionByPk(transaction.id);
}
