import type { Actor } from "../domain/actor.ts";
import { newRefundId } from "../domain/ids.ts";
import { formatAmount } from "../domain/money.ts";
import { recordAudit } from "../db/audit.ts";
import { raiseCase } from "../db/cases.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import { findRefundByGatewayId, insertRefund, type RefundRecord } from "../db/refunds.ts";
import { lockTransaction, updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import { moveRefund } from "./settle-refund.ts";

export type ForeignRefund = {
  transactionPk: number;
  /** The gateway's own id: what tells two equal refunds apart. Never the amount. */
  gatewayRefundId: string;
  status: "refunded" | "failed";
  amountMinor: bigint;
  currency: string;
  actor: Actor;
};

export type TakenIn =
  | { kind: "taken"; refund: RefundRecord }
  /** It was here, or never moved money. */
  | { kind: "known" }
  | { kind: "later"; why: string };

/**
 * Takes in a refund that nobody here asked for, as one made in the gateway's own dashboard: a refund of
 * `source: gateway`, with ledger, sums, status and audit as any other. One that failed later gives its
 * amount back. `later` where refunds of ours are still open and might need the room.
 */
export async function takeInRefund(told: ForeignRefund): Promise<TakenIn> {
  return inTransaction(async (tx) => {
    const transaction = await lockTransaction(tx, told.transactionPk);
    const known = await findRefundByGatewayId(tx, transaction.id, told.gatewayRefundId);
    if (known) return moveKnown(tx, transaction, known, told);
    if (told.status === "failed") return { kind: "known" };
    const left = transaction.capturedMinor - transaction.refundedMinor;
    const fits = told.amountMinor <= left && told.currency === transaction.currency;
    if (!fits) return doubt(tx, transaction, told);
    if (told.amountMinor > left - transaction.refundPendingMinor) {
      return { kind: "later", why: "a refund of ours is still open" };
    }
    return { kind: "taken", refund: await book(tx, transaction, told) };
  });
}

async function moveKnown(
  tx: Tx,
  transaction: TransactionRecord,
  refund: RefundRecord,
  told: ForeignRefund,
): Promise<TakenIn> {
  const isNews = refund.source === "gateway" && refund.status !== told.status;
  // A failure is final there; that it succeeded is an older word than that it failed.
  if (!isNews || refund.status === "failed") return { kind: "known" };
  await moveRefund({ tx, transaction, actor: told.actor }, refund, told.status, {
    message: "The gateway says that this refund failed.",
    reference: null,
  });
  return { kind: "taken", refund };
}

async function book(
  tx: Tx,
  transaction: TransactionRecord,
  told: ForeignRefund,
): Promise<RefundRecord> {
  const { actor, amountMinor, gatewayRefundId } = told;
  const refund = await insertRefund(tx, {
    refundId: newRefundId(),
    transactionPk: transaction.id,
    amountMinor,
    currency: transaction.currency,
    reason: "Made at the gateway",
    source: "gateway",
    gatewayRefundId,
  });
  await updateTransaction(tx, transaction.id, { refundPendingMinor: { increment: amountMinor } });
  await recordAudit(tx, {
    entity: "refund",
    entityId: refund.refundId,
    action: "refund_taken_in",
    actor,
    toStatus: "pending",
    after: {
      amount_minor: String(amountMinor),
      transaction_id: transaction.transactionId,
      gateway_refund_id: gatewayRefundId,
    },
  });
  const reserved = {
    ...transaction,
    refundPendingMinor: transaction.refundPendingMinor + amountMinor,
  };
  await moveRefund({ tx, transaction: reserved, actor }, refund, "refunded", {
    message: "",
    reference: null,
  });
  return refund;
}

/** More was given back there than was ever taken, or in another currency: a person looks. */
async function doubt(
  tx: Tx,
  transaction: TransactionRecord,
  told: ForeignRefund,
): Promise<TakenIn> {
  await raiseCase(tx, {
    kind: "amount_mismatch",
    subject: `${transaction.transactionId}/${told.gatewayRefundId}`,
    gateway: transaction.gateway,
    transactionId: transaction.transactionId,
    evidence: {
      gateway_refund_id: told.gatewayRefundId,
      told: formatAmount(told.amountMinor, transaction.currency),
      told_currency: told.currency,
      captured: formatAmount(transaction.capturedMinor, transaction.currency),
      refunded: formatAmount(transaction.refundedMinor, transaction.currency),
      currency: transaction.currency,
    },
  });
  return { kind: "later", why: "the refund is more than was taken" };
}
