import { isStaff, type Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { findAuditTrail, type AuditRecord } from "../db/audit.ts";
import { selectCases, type CaseRecord } from "../db/cases.ts";
import { selectDisputes, type DisputeRecord } from "../db/disputes.ts";
import { findLedgerLines, type LedgerLine } from "../db/ledger.ts";
import { listOperations } from "../db/operations.ts";
import { findOrder, type OrderRecord } from "../db/orders.ts";
import { selectRefunds, type RefundRecord } from "../db/refunds.ts";
import { findTransaction, type TransactionRecord } from "../db/transactions.ts";
import { findEmails } from "../db/users.ts";
import { selectWebhookEvents, type WebhookEventRecord } from "../db/webhook-events.ts";
import type { Capabilities } from "../gateways/gateway.ts";
import { findGateway } from "../gateways/registry.ts";
import { ownerScope } from "./access.ts";
import { refreshTransaction } from "./check-operation.ts";

/** One thing that happened. `who` is an e-mail, for staff; or the name of a part of the system. */
export type TimelineEntry = {
  at: Date;
  entity: "transaction" | "refund" | "dispute";
  entityId: string;
  action: string;
  fromStatus: string | null;
  toStatus: string | null;
  who: string | null;
  reason: string;
};

export type OperationRecord = {
  id: string;
  kind: "charge" | "capture" | "void" | "refund";
  state: string;
  amountMinor: bigint;
  gatewayKey: string;
  checks: number;
  nextCheckAt: Date | null;
  createdAt: Date;
  settledAt: Date | null;
};

export type TransactionDetail = {
  transaction: TransactionRecord;
  order: OrderRecord | null;
  refunds: RefundRecord[];
  timeline: TimelineEntry[];
  /** Staff only; empty for the owner. */
  operations: OperationRecord[];
  ledger: LedgerLine[];
  disputes: DisputeRecord[];
  /** What the gateway sent about it. */
  webhookEvents: WebhookEventRecord[];
  /** What about it waits for a person. */
  cases: CaseRecord[];
  capabilities: Capabilities | null;
};

// More than this about one payment is read through the lists.
const maxRowsShown = 100;

/**
 * One transaction, for its owner and staff. While its outcome is unknown, reading asks the gateway.
 * Throws `not_found`, for another person's as for one that is not there.
 */
export async function getTransaction(
  viewer: Viewer,
  transactionId: string,
): Promise<TransactionRecord> {
  const found = await findTransaction(transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  return refreshTransaction(found, { kind: "system", name: "read" });
}

/** As `getTransaction`, with everything a page shows beside it. */
export async function getTransactionDetail(
  viewer: Viewer,
  transactionId: string,
): Promise<TransactionDetail> {
  const transaction = await getTransaction(viewer, transactionId);
  const staff = isStaff(viewer);
  const [order, refunds, operations, ledger, disputes, webhookEvents, cases] = await Promise.all([
    findOrder({ id: transaction.orderId }, null),
    selectRefunds({ limit: maxRowsShown, transactionId }),
    staff ? listOperations(transaction.id) : [],
    staff ? findLedgerLines(transaction.id) : [],
    staff ? selectDisputes({ limit: maxRowsShown, transactionPk: transaction.id }) : [],
    staff ? selectWebhookEvents({ limit: maxRowsShown, transactionId }) : [],
    staff ? selectCases({ limit: maxRowsShown, status: "open", transactionId }) : [],
  ]);
  const trail = await findAuditTrail([
    transactionId,
    ...refunds.map((refund) => refund.refundId),
    ...disputes.map((dispute) => dispute.disputeId),
  ]);
  return {
    transaction,
    order,
    refunds,
    timeline: await toTimeline(trail, staff),
    operations: operations.map(
      ({
        id,
        kind,
        state,
        amountMinor,
        gatewayKey,
        checks,
        nextCheckAt,
        createdAt,
        settledAt,
      }) => ({
        id,
        kind,
        state,
        amountMinor,
        gatewayKey,
        checks,
        nextCheckAt,
        createdAt,
        settledAt,
      }),
    ),
    ledger,
    disputes,
    webhookEvents,
    cases,
    capabilities: staff ? (findGateway(transaction.gateway)?.capabilities ?? null) : null,
  };
}

async function toTimeline(trail: AuditRecord[], staff: boolean): Promise<TimelineEntry[]> {
  const userIds = trail.filter((row) => row.actorKind === "user").map((row) => Number(row.actor));
  const emails = staff ? await findEmails(userIds) : new Map<number, string>();
  return trail.map((row) => ({
    at: row.at,
    entity: row.entity === "refund" || row.entity === "dispute" ? row.entity : "transaction",
    entityId: row.entityId,
    action: row.action,
    fromStatus: row.fromStatus,
    toStatus: row.toStatus,
    who: row.actorKind === "user" ? (emails.get(Number(row.actor)) ?? null) : row.actor,
    reason: row.reason,
  }));
}
