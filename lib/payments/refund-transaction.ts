import { createHash, randomUUID } from "node:crypto";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError, invalidField, notFound } from "../domain/errors.ts";
import { newRefundId } from "../domain/ids.ts";
import { displayMoney, formatAmount, parseAmount } from "../domain/money.ts";
import { tookMoney } from "../domain/payment.ts";
import { recordAudit } from "../db/audit.ts";
import { caseKeyOf, resolveCase } from "../db/cases.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { insertOperation } from "../db/operations.ts";
import {
  findRefundByIdempotencyKey,
  findRefundByPublicId,
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
import type { GatewayAccount } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { ownerScope, requireMoneyMover } from "./access.ts";
import { callGateway } from "./call-gateway.ts";
import { refreshTransaction } from "./check-operation.ts";
import { firstCheckMs, leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

export type RefundTransaction = {
  transactionId: string;
  /** Decimal string; left out: all that is left. */
  amount?: string | undefined;
  reason?: string | undefined;
  /** `REF-…`, a refund that failed and is done over; its amount unless another is given. */
  retryOf?: string | undefined;
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

  const outcome = await callGateway(opened.account.configurationId, () =>
    getGateway(opened.transaction.gateway).refund(opened.account, {
      gatewayKey: opened.gatewayKey,
      merchantReference: opened.refund.refundId,
      chargeReference: opened.transaction.gatewayTransactionId ?? "",
      intentReference: opened.transaction.intentReference,
      refundReference: null,
      amountMinor: opened.refund.amountMinor,
      currency: opened.refund.currency,
    }),
  );
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
    const retried = await findRetried(tx, transaction, command.retryOf);
    const amountMinor = refundAmount(
      transaction,
      command.amount ?? (retried && formatAmount(retried.amountMinor, retried.currency)),
    );
    const refund = await reserve(tx, viewer, transaction, amountMinor, {
      reason: command.reason ?? retried?.reason,
      idempotencyKeyId: command.idempotencyKeyId,
      retryOfId: retried?.id,
    });
    if (retried) {
      await resolveCase(tx, caseKeyOf("refund_failed", retried.refundId), {
        resolution: "retried",
        note: `Done over by ${refund.refundId}.`,
        resolvedById: viewer.userId,
      });
    }
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

/** The failed refund that is to be done over; refused where it did not fail or was done over already. */
async function findRetried(
  tx: Tx,
  transaction: TransactionRecord,
  refundId: string | undefined,
): Promise<RefundRecord | undefined> {
  if (refundId === undefined) return undefined;
  const retried = await findRefundByPublicId(refundId, tx);
  if (retried?.transactionPk !== transaction.id) {
    throw invalidField("retry_of", "This payment has no such refund.");
  }
  if (retried.status !== "failed") {
    throw new PaymentError(
      "conflict",
      `${refundId} is ${retried.status}: only a failed refund is done over.`,
    );
  }
  if (retried.retriedBy !== null) {
    throw new PaymentError(
      "conflict",
      `${refundId} was done over by ${retried.retriedBy} already.`,
    );
  }
  return retried;
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
  const { capabilities } = getGateway(transaction.gateway);
  if (asked < refundableMinor && !capabilities.partialRefund) {
    throw invalidField(
      "amount",
      `${transaction.gateway} refunds only the whole ${displayMoney(refundableMinor, currency)}.`,
    );
  }
  return asked;
}

async function reserve(
  tx: Tx,
  viewer: Viewer,
  transaction: TransactionRecord,
  amountMinor: bigint,
  asked: {
    reason: string | undefined;
    idempotencyKeyId: string | undefined;
    retryOfId: number | undefined;
  },
): Promise<RefundRecord> {
  const refund = await insertRefund(tx, {
    refundId: newRefundId(),
    transactionPk: transaction.id,
    amountMinor,
    currency: transaction.currency,
    reason: asked.reason ?? "",
    requestedById: viewer.userId,
    idempotencyKeyId: asked.idempotencyKeyId ?? null,
    retryOfId: asked.retryOfId ?? null,
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
