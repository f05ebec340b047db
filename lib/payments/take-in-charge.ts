import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { lockTransaction, updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { Actor } from "../domain/actor.ts";
import { isPaymentError } from "../domain/errors.ts";
import type { Outcome } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { beginCharge, insertCharge } from "./begin-charge.ts";
import { callGateway } from "./call-gateway.ts";
import { chargeQuestion, confirmOperation } from "./check-operation.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperationIn } from "./settle-operation.ts";

/**
 * A gateway speaks of a payment that was prepared and never begun here: somebody paid it in the
 * gateway's own fields and did not come back. It is begun for them and the gateway is asked. Where the
 * order is paid otherwise, nothing more is taken; what was taken already is money and is flagged as
 * excess. False: the gateway could not be asked.
 */
export async function takeInCharge(transaction: TransactionRecord, actor: Actor): Promise<boolean> {
  try {
    const begun = await beginCharge(actor, transaction.id);
    return begun.kind === "resumed" || (await confirmOperation(begun.operationId, actor));
  } catch (error) {
    if (!isPaymentError(error)) throw error;
    return takeInBesideAnother(transaction, actor);
  }
}

async function takeInBesideAnother(transaction: TransactionRecord, actor: Actor): Promise<boolean> {
  const outcome = await giveUpUnbegun(transaction);
  if (outcome.kind === "declined") {
    await endUnbegun(transaction, actor);
    return true;
  }
  if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") return false;
  await inTransaction(async (tx) => {
    const locked = await lockTransaction(tx, transaction.id);
    if (locked.status !== "pending") return;
    await cancelIn(tx, locked, actor);
    const { operationId } = await insertCharge(tx, locked);
    await settleOperationIn(tx, operationId, { outcome, actor });
  });
  return true;
}

/** Sees to it at the gateway that a payment which was only prepared takes no money, or says that it did. */
export async function giveUpUnbegun(transaction: TransactionRecord): Promise<Outcome> {
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  const question = chargeQuestion(
    {
      gatewayKey: `tb-unbegun-${transaction.transactionId}`,
      state: "awaiting_action",
      createdAt: transaction.createdAt,
    },
    transaction,
  );
  return callGateway(account.configurationId, () =>
    getGateway(transaction.gateway).cancelCharge(account, question),
  );
}

/** Ends a payment that was only prepared. */
export async function endUnbegun(transaction: TransactionRecord, actor: Actor): Promise<void> {
  await inTransaction(async (tx) => {
    const locked = await lockTransaction(tx, transaction.id);
    if (locked.status === "pending") await cancelIn(tx, locked, actor);
  });
}

async function cancelIn(
  tx: Parameters<typeof lockTransaction>[0],
  { id, transactionId }: TransactionRecord,
  actor: Actor,
): Promise<void> {
  await updateTransaction(tx, id, {
    status: "cancelled",
    errorCode: "cancelled",
    errorMessage: "The payment was cancelled. Nothing was charged.",
  });
  await recordAudit(tx, {
    entity: "transaction",
    entityId: transactionId,
    action: "cancelled",
    actor,
    fromStatus: "pending",
    toStatus: "cancelled",
  });
}
