import { createHash, randomUUID } from "node:crypto";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError, notFound } from "../domain/errors.ts";
import { newRefundId } from "../domain/ids.ts";
import { displayMoney, parseAmount } from "../domain/money.ts";
import { tookMoney } from "../domain/payment.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { insertOperation } from "../db/operations.ts";
import {
  findRefundByIdempotencyKey,
  getRefundByPk,
  insertRefund,
  type RefundRecord,
} from "../db/refunds.ts";
import {
  findTransaction,
  lockTransaction,
  updateTransaction,
  type TransactionRecord,
} from "../db/transactions.ts";
import type { GatewayAccount, Outcome } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { ownerScope, requireMoneyMover } from "./access.ts";
import { refreshTransaction } from "./check-operation.ts";
import { firstCheckMs, leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

export type RefundTransaction = {
  transactionId: string;
  /** Decimal string; left out: all that is left. */
  amount?: string | undefined;
  reason?: string | undefined;
  /** The request's idempotency row: its repetition after a crash finds the refund it made. */
  idempotencyKeyId?: string | undefined;
};

type OpenedRefund = {
  operationId: string;
  gatewayKey: string;
  refund: RefundRecord;
  transaction: TransactionRecord;
  account: GatewayAccount;
};

/**
 * Gives money back. The amount is reserved under the transaction's lock before the gateway is called,
 * so that no set of refunds exceeds the capture; a refund that fails gives its reservation back.
 *
 * Throws `forbidden`, `not_found`, `not_refundable`, `amount_exceeds_refundable`, `invalid_request`,
 * `gateway_unreachable` (nothing was refunded). A refund whose outcome is unknown is `pending`.
 */
export async function refundTransaction(
  viewer: Viewer,
  command: RefundTransaction,
): Promise<RefundRecord> {
  // Somebody else's payment is not there, before it is one that may not be refunded.
  const found = await findTransaction(command.transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  requireMoneyMover(viewer);
  const current = await refreshTransaction(found, viewer);
  const opened = await openRefund(viewer, current.id, command);
  if ("existing" in opened) return opened.existing;

  const outcome = await callGateway(opened);
  try {
    await settleOperation(opened.operationId, { outcome, actor: viewer });
  } catch (error) {
    // The operation stays open with its reservation; the janitor asks.
    log.error("a refund's outcome could not be written", {
      refundId: opened.refund.refundId,
      error,
    });
    return opened.refund;
  }
  if (outcome.kind === "not_sent") {
    throw new PaymentError(
      "gateway_unreachable",
      "The payment gateway was not reached. Nothing was refunded.",
      {
        details: { transaction_id: found.transactionId, refund_id: opened.refund.refundId },
      },
    );
  }
  return getRefundByPk(opened.refund.id);
}

async function openRefund(
  viewer: Viewer,
  transactionPk: number,
  command: RefundTransaction,
): Promise<OpenedRefund | { existing: RefundRecord }> {
  return inTransaction(async (tx) => {
    const transaction = await lockTransaction(tx, transactionPk);
    if (command.idempotencyKeyId !== undefined) {
      const existing = await findRefundByIdempotencyKey(tx, command.idempotencyKeyId);
      if (existing) return { existing };
    }
    const amountMinor = refundAmount(transaction, command.amount);
    const refund = await reserve(tx, viewer, transaction, amountMinor, command);
    const operationId = randomUUID();
    const gatewayKey = `tb-${operationId}`;
    await insertOperation(tx, {
      id: operationId,
      kind: "refund",
      transactionPk: transaction.id,
      refundPk: refund.id,
      fingerprint: new Uint8Array(
        createHash("sha256").update(`refund ${refund.refundId} ${amountMinor}`).digest(),
      ),
      gatewayKey,
      amountMinor,
      leaseMs,
      firstCheckMs,
    });
    const account = gatewayAccount(await getConfiguration(transaction.configurationId, tx));
    return { operationId, gatewayKey, refund, transaction, account };
  });
}

/** The amount asked for, or all that is left; refused where that is more than is left, or nothing. */
function refundAmount(transaction: TransactionRecord, amount: string | undefined): bigint {
  const { status, currency, refundableMinor } = transaction;
  if (!tookMoney(status)) {
    throw new PaymentError(
      "not_refundable",
      `This payment is ${status}: it took no money that could be refunded.`,
    );
  }
  const asked = amount === undefined ? refundableMinor : parseAmount(amount, currency);
  if (asked === 0n || asked > refundableMinor) {
    throw new PaymentError(
      "amount_exceeds_refundable",
      refundableMinor === 0n
        ? "Nothing is left to refund on this payment."
        : `The refund is more than the ${displayMoney(refundableMinor, currency)} that is left to refund.`,
    );
  }
  return asked;
}

async function reserve(
  tx: Tx,
  viewer: Viewer,
  transaction: TransactionRecord,
  amountMinor: bigint,
  command: RefundTransaction,
): Promise<RefundRecord> {
  const refund = await insertRefund(tx, {
    refundId: newRefundId(),
    transactionPk: transaction.id,
    amountMinor,
    currency: transaction.currency,
    reason: command.reason ?? "",
    requestedById: viewer.userId,
    idempotencyKeyId: command.idempotencyKeyId ?? null,
  });
  await updateTransaction(tx, transaction.id, { refundPendingMinor: { increment: amountMinor } });
  await recordAudit(tx, {
    entity: "refund",
    entityId: refund.refundId,
    action: "refund_started",
    actor: viewer,
    toStatus: "pending",
    reason: refund.reason,
    after: { amount_minor: String(amountMinor), transaction_id: transaction.transactionId },
  });
  return refund;
}

async function callGateway({
  gatewayKey,
  refund,
  transaction,
  account,
}: OpenedRefund): Promise<Outcome> {
  try {
    return await getGateway(transaction.gateway).refund(account, {
      gatewayKey,
      merchantReference: refund.refundId,
      chargeReference: transaction.gatewayTransactionId ?? "",
      amountMinor: refund.amountMinor,
      currency: refund.currency,
    });
  } catch (error) {
    log.error("a refund call failed", { refundId: refund.refundId, error });
    return { kind: "unknown", detail: "the call failed" };
  }
}
