import type { Actor } from "../domain/actor.ts";
import { newDisputeId } from "../domain/ids.ts";
import { disputeJournal } from "../domain/ledger.ts";
import { formatAmount } from "../domain/money.ts";
import { canMoveDispute, type DisputeStatus } from "../domain/payment.ts";
import { recordAudit } from "../db/audit.ts";
import { caseKeyOf, raiseCase, resolveCase } from "../db/cases.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import {
  findDisputeByGatewayId,
  insertDispute,
  updateDispute,
  type DisputeRecord,
} from "../db/disputes.ts";
import { countJournals, insertJournal } from "../db/ledger.ts";
import { lockTransaction, updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { GatewayEvent } from "../gateways/gateway.ts";

type DisputeEvent = Extract<GatewayEvent, { kind: "dispute" }>;

const holdsMoney = (status: DisputeStatus | null): boolean => status !== null && status !== "won";
const isOpen = (status: DisputeStatus): boolean =>
  status === "needs_response" || status === "under_review";

/**
 * Takes in what a gateway says of a dispute, under the transaction's lock: its record, the money held
 * back in the ledger and from what may be refunded, and a case for a person while it is open. Forward
 * only: an earlier step told late changes nothing. True where this was news.
 */
export async function applyDispute(told: {
  transactionPk: number;
  event: DisputeEvent;
  actor: Actor;
}): Promise<boolean> {
  const { event, actor } = told;
  return inTransaction(async (tx) => {
    const transaction = await lockTransaction(tx, told.transactionPk);
    const known = await findDisputeByGatewayId(tx, transaction.gateway, event.disputeReference);
    if (known && !canMoveDispute(known.status, event.status)) return false;
    const dispute = known
      ? await updateDispute(tx, known.id, {
          status: event.status,
          ...(event.dueBy === null ? {} : { dueBy: event.dueBy }),
        })
      : await insertDispute(tx, {
          disputeId: newDisputeId(),
          transactionPk: transaction.id,
          gateway: transaction.gateway,
          gatewayDisputeId: event.disputeReference,
          status: event.status,
          reason: event.reason,
          amountMinor: event.amountMinor,
          currency: transaction.currency,
          dueBy: event.dueBy,
        });
    const from = known?.status ?? null;
    await bookTurn(tx, transaction, dispute, from);
    await recordAudit(tx, {
      entity: "dispute",
      entityId: dispute.disputeId,
      action: known ? `dispute_${dispute.status}` : "dispute_opened",
      actor,
      fromStatus: from,
      toStatus: dispute.status,
      reason: dispute.reason,
      after: {
        transaction_id: transaction.transactionId,
        amount_minor: String(dispute.amountMinor),
      },
    });
    await tellStaff(tx, dispute);
    return true;
  });
}

async function bookTurn(
  tx: Tx,
  transaction: TransactionRecord,
  dispute: DisputeRecord,
  from: DisputeStatus | null,
): Promise<void> {
  const turn = (await countJournals(tx, "dispute", dispute.disputeId)) + 1;
  const journal = disputeJournal(
    {
      sourceId: `${dispute.disputeId}/${turn}`,
      transactionPk: transaction.id,
      gateway: transaction.gateway,
      amountMinor: dispute.amountMinor,
      currency: dispute.currency,
    },
    from,
    dispute.status,
  );
  if (journal) await insertJournal(tx, journal);
  const held = Number(holdsMoney(dispute.status)) - Number(holdsMoney(from));
  if (held === 0) return;
  await updateTransaction(tx, transaction.id, {
    disputedMinor: { increment: BigInt(held) * dispute.amountMinor },
  });
}

async function tellStaff(tx: Tx, dispute: DisputeRecord): Promise<void> {
  if (!isOpen(dispute.status)) {
    await resolveCase(tx, caseKeyOf("dispute_open", dispute.disputeId), {
      resolution: "cleared",
      note: `The dispute was ${dispute.status}.`,
    });
    return;
  }
  await raiseCase(tx, {
    kind: "dispute_open",
    subject: dispute.disputeId,
    gateway: dispute.gateway,
    transactionId: dispute.transactionId,
    evidence: {
      dispute_id: dispute.disputeId,
      reason: dispute.reason,
      amount: formatAmount(dispute.amountMinor, dispute.currency),
      currency: dispute.currency,
      due_by: dispute.dueBy?.toISOString() ?? null,
    },
  });
}
