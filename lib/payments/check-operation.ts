import type { Actor } from "../domain/actor.ts";
import { getConfiguration } from "../db/configurations.ts";
import {
  bringForwardUnanswered,
  claimCheck,
  findOpenOperations,
  getOperation,
  type Operation,
} from "../db/operations.ts";
import { getRefundByPk } from "../db/refunds.ts";
import { getTransactionByPk, type TransactionRecord } from "../db/transactions.ts";
import type { Gateway, GatewayAccount, LookupOutcome } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { invariant } from "../domain/errors.ts";
import { isUnsettled } from "../domain/payment.ts";
import { log } from "../observability/log.ts";
import { callGateway, gatewayDeadlineMs, isSilent, readerDeadlineMs } from "./call-gateway.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

// Reading asks at most this often, however many readers there are.
const readCheckEveryMs = 250;

/** What an asker wants: how long it waits, and whether a request that never arrived is sent again. */
type Asking = { deadlineMs: number; mayResend: boolean };

const asJanitor: Asking = { deadlineMs: gatewayDeadlineMs, mayResend: true };

/**
 * Asks the gateway what became of one operation, and settles it by the answer. A capture, void or refund
 * that never arrived is sent again: its key makes that safe, and somebody asked for it.
 */
export async function checkOperation(
  operationId: string,
  actor: Actor,
  asking: Asking = asJanitor,
): Promise<TransactionRecord> {
  const { outcome, operation, transaction } = await ask(operationId, asking);
  const answersAgain = outcome.kind !== "unknown" && wasUnanswered(operation);
  if (answersAgain) await bringForwardUnanswered(transaction.configurationId);
  return settleOperation(operationId, { outcome, actor });
}

function wasUnanswered({ outcome }: Operation): boolean {
  return typeof outcome === "object" && outcome !== null && "unanswered" in outcome
    ? outcome.unanswered === true
    : false;
}

/**
 * As `checkOperation`, for somebody who was told something of the operation and sends nothing. False
 * where the gateway could not be asked.
 */
export async function confirmOperation(operationId: string, actor: Actor): Promise<boolean> {
  const { outcome } = await ask(operationId, { ...asJanitor, mayResend: false });
  if (outcome.kind === "unknown") return false;
  await settleOperation(operationId, { outcome, actor });
  return true;
}

async function ask(
  operationId: string,
  asking: Asking,
): Promise<{ outcome: LookupOutcome; operation: Operation; transaction: TransactionRecord }> {
  const operation = await getOperation(operationId);
  const transaction = await getTransactionByPk(operation.transactionPk);
  const gateway = getGateway(transaction.gateway);
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  const question = await questionOf(gateway, account, operation, transaction);
  const outcome = await callGateway(account.configurationId, question.look, asking.deadlineMs);
  if (outcome.kind !== "absent" || !asking.mayResend || question.resend === null) {
    return { outcome, operation, transaction };
  }
  const resent = await callGateway(account.configurationId, question.resend, asking.deadlineMs);
  // Not sent this time either: that says nothing of the first time, so it stays open.
  return {
    outcome: resent.kind === "not_sent" ? { kind: "unknown", detail: resent.detail } : resent,
    operation,
    transaction,
  };
}

type Question = {
  look: () => Promise<LookupOutcome>;
  /** null for a charge: what never arrived is failed, and the shopper pays anew. */
  resend: (() => Promise<LookupOutcome>) | null;
};

async function questionOf(
  gateway: Gateway,
  account: GatewayAccount,
  operation: Operation,
  transaction: TransactionRecord,
): Promise<Question> {
  const { kind, gatewayKey, amountMinor } = operation;
  const request = {
    gatewayKey,
    merchantReference: transaction.transactionId,
    amountMinor,
    currency: transaction.currency,
  };
  if (kind === "charge")
    return { look: () => gateway.lookupCharge(account, request), resend: null };
  const { gatewayTransactionId: chargeReference } = transaction;
  invariant(chargeReference !== null, "what is captured, voided or refunded has a charge");
  if (kind === "refund") {
    invariant(operation.refundPk !== null, "a refund operation has a refund");
    const { refundId } = await getRefundByPk(operation.refundPk);
    const refund = { ...request, merchantReference: refundId };
    return {
      look: () => gateway.lookupRefund(account, refund),
      resend: () => gateway.refund(account, { ...refund, chargeReference }),
    };
  }
  const { holds } = gateway;
  invariant(holds, `${gateway.name} can hold money`);
  const hold = { ...request, chargeReference };
  return {
    look: () => holds.lookup(account, hold),
    resend: () => (kind === "capture" ? holds.capture(account, hold) : holds.void(account, hold)),
  };
}

/**
 * Asks about whatever of a transaction is not settled, for somebody who reads it or acts on it. Never
 * fails and never waits long: a gateway that does not answer leaves it as it is. Returns the transaction
 * as it is then.
 */
export async function refreshTransaction(
  transaction: TransactionRecord,
  actor: Actor,
): Promise<TransactionRecord> {
  const waits =
    transaction.refundPendingMinor > 0n ||
    transaction.authorizationPendingMinor > 0n ||
    isUnsettled(transaction.status);
  if (!waits || isSilent(transaction.configurationId)) return transaction;
  let current = transaction;
  for (const operation of await findOpenOperations(transaction.id)) {
    if (!(await claimCheck(operation.id, readCheckEveryMs))) continue;
    try {
      current = await checkOperation(operation.id, actor, {
        deadlineMs: readerDeadlineMs,
        mayResend: true,
      });
    } catch (error) {
      log.warn("asking about an operation failed", { operationId: operation.id, error });
    }
  }
  return current === transaction ? getTransactionByPk(transaction.id) : current;
}
