import type { Actor } from "../domain/actor.ts";
import type { GatewayName } from "../domain/payment.ts";
import { findChargedTransaction, findTransaction } from "../db/transactions.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import { findChargeOperation, findRefundOperation, type Operation } from "../db/operations.ts";
import { findRefundByPublicId } from "../db/refunds.ts";
import type { GatewayEvent, Outcome } from "../gateways/gateway.ts";
import { applyDispute } from "./apply-dispute.ts";
import { confirmOperation } from "./check-operation.ts";
import { settleOperation } from "./settle-operation.ts";
import { takeInCharge } from "./take-in-charge.ts";
import { takeInRefund } from "./take-in-refund.ts";

export type AppliedEvent =
  | { kind: "applied" | "ignored"; transactionPk: number | null }
  /** Nothing of ours carries that reference (yet). */
  | { kind: "unmatched"; why: string }
  /** It is about one of ours and cannot be taken in yet. */
  | { kind: "later"; why: string };

type Told<E extends GatewayEvent = GatewayEvent> = {
  gateway: GatewayName;
  configurationId: number;
  event: E;
  actor: Actor;
};

type EventOf<Kind extends GatewayEvent["kind"]> = Extract<GatewayEvent, { kind: Kind }>;

/**
 * Takes in what a gateway told us by itself. Its word is believed where it says of something open just
 * what we asked for; where it says anything else, the gateway is asked, so that neither a forged detail
 * nor an old event that comes late moves anything. The same event again changes nothing.
 */
export async function applyGatewayEvent(told: Told): Promise<AppliedEvent> {
  const { event } = told;
  switch (event.kind) {
    case "charge":
      return applyCharge({ ...told, event });
    case "refund":
      return applyRefund({ ...told, event });
    case "dispute":
      return applyDisputeEvent({ ...told, event });
    case "ignored":
      return { kind: "ignored", transactionPk: null };
  }
}

/** An event of one account is never about another account's payment. */
function isOf(told: Told, transaction: TransactionRecord): boolean {
  return (
    transaction.gateway === told.gateway && transaction.configurationId === told.configurationId
  );
}

async function applyCharge(told: Told<EventOf<"charge">>): Promise<AppliedEvent> {
  const transaction = await findTransaction(told.event.merchantReference, null);
  if (!transaction || !isOf(told, transaction)) {
    return { kind: "unmatched", why: "no payment of ours has this reference" };
  }
  const operation = await findChargeOperation(transaction.id);
  if (!operation || transaction.status === "pending") return applyUnbegun(told, transaction);
  return settleTold(told, operation, transaction, told.event.outcome);
}

/** A payment that was prepared and not begun here (or not again): news of money begins it. */
async function applyUnbegun(
  told: Told<EventOf<"charge">>,
  transaction: TransactionRecord,
): Promise<AppliedEvent> {
  const { outcome } = told.event;
  if (transaction.intentReference === null) {
    return { kind: "unmatched", why: "this payment was never sent to the gateway" };
  }
  const mayBeMoney = outcome.kind !== "declined" && transaction.status === "pending";
  if (!mayBeMoney) return { kind: "ignored", transactionPk: transaction.id };
  const isTaken = await takeInCharge(transaction, told.actor);
  return isTaken
    ? { kind: "applied", transactionPk: transaction.id }
    : { kind: "later", why: "the gateway could not be asked" };
}

async function applyRefund(told: Told<EventOf<"refund">>): Promise<AppliedEvent> {
  const { event, actor } = told;
  if (event.merchantReference !== "") {
    const refund = await findRefundByPublicId(event.merchantReference);
    const transaction = refund && (await findTransaction(refund.transactionId, null));
    if (!refund || !transaction || !isOf(told, transaction)) {
      return { kind: "unmatched", why: "no refund of ours has this reference" };
    }
    const operation = await findRefundOperation(refund.id);
    if (operation) return settleTold(told, operation, transaction, event.outcome);
  }
  const transaction = await findChargedTransaction(
    told.gateway,
    told.configurationId,
    event.chargeReference,
  );
  if (!transaction) return { kind: "unmatched", why: "no payment of ours has this charge" };
  const { outcome } = event;
  if (outcome.kind !== "succeeded" && outcome.kind !== "declined") {
    return { kind: "ignored", transactionPk: transaction.id };
  }
  if (outcome.kind === "declined" && outcome.reference === null) {
    return { kind: "ignored", transactionPk: transaction.id };
  }
  const taken = await takeInRefund({
    transactionPk: transaction.id,
    gatewayRefundId: outcome.reference ?? "",
    ...(outcome.kind === "succeeded"
      ? { status: "refunded", amountMinor: outcome.amountMinor, currency: outcome.currency }
      : { status: "failed", amountMinor: 0n, currency: transaction.currency }),
    actor,
  });
  return taken.kind === "later"
    ? taken
    : { kind: taken.kind === "taken" ? "applied" : "ignored", transactionPk: transaction.id };
}

/** True where the outcome says of an operation exactly what was asked for. */
function isAsAsked(
  operation: Operation,
  transaction: TransactionRecord,
  outcome: Outcome,
): boolean {
  if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") return false;
  return outcome.amountMinor === operation.amountMinor && outcome.currency === transaction.currency;
}

async function settleTold(
  told: Told,
  operation: Operation,
  transaction: TransactionRecord,
  outcome: Outcome,
): Promise<AppliedEvent> {
  const applied = { kind: "applied", transactionPk: transaction.id } as const;
  const isOpen = operation.settledAt === null;
  const isAsked = isAsAsked(operation, transaction, outcome);
  if (isOpen && isAsked) {
    await settleOperation(operation.id, { outcome, actor: told.actor });
    return applied;
  }
  const isKnown = operation.state === "succeeded" && isAsked;
  const isDeclineKnown = operation.state === "declined" && outcome.kind === "declined";
  if (isKnown || isDeclineKnown) return applied;
  const confirmed = await confirmOperation(operation.id, told.actor);
  return confirmed ? applied : { kind: "later", why: "the gateway could not be asked" };
}

async function applyDisputeEvent(told: Told<EventOf<"dispute">>): Promise<AppliedEvent> {
  const { event } = told;
  const transaction = await findChargedTransaction(
    told.gateway,
    told.configurationId,
    event.chargeReference,
  );
  if (!transaction) return { kind: "unmatched", why: "no payment of ours has this charge" };
  if (event.currency !== transaction.currency) {
    return { kind: "later", why: "the dispute is in another currency than the payment" };
  }
  const isNews = await applyDispute({ transactionPk: transaction.id, event, actor: told.actor });
  return { kind: isNews ? "applied" : "ignored", transactionPk: transaction.id };
}
