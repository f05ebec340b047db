import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Actor } from "../domain/actor.ts";
import { getConfiguration } from "../db/configurations.ts";
import {
  bringForwardUnanswered,
  claimCheck,
  endCheck,
  findOpenOperations,
  getOperation,
  renewLease,
  type Operation,
} from "../db/operations.ts";
import { getRefundByPk } from "../db/refunds.ts";
import { getTransactionByPk, type TransactionRecord } from "../db/transactions.ts";
import { declined } from "../gateways/declined.ts";
import type {
  Gateway,
  GatewayAccount,
  LookupOutcome,
  LookupRequest,
  PaymentInput,
} from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { invariant } from "../domain/errors.ts";
import { isUnsettled } from "../domain/payment.ts";
import { log } from "../observability/log.ts";
import { callGateway, gatewayDeadlineMs, isSilent, readerDeadlineMs } from "./call-gateway.ts";
import { leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { noPayment, paymentTerms } from "./payment-terms.ts";
import { settleOperation } from "./settle-operation.ts";

// Reading asks at most this often, however many readers there are.
const readCheckEveryMs = 250;

// The page that asks about a payment, and the shopper who has just paid it, may ask at the same moment.
const insistTries = 5;
const insistEveryMs = 300;

/** How long a shopper may take in the gateway's fields or on its page, before the payment is given up. */
const abandonedAfterMs = 60 * 60_000;

/** What an asker wants: how long it waits, and whether a request that never arrived is sent again. */
type Asking = {
  deadlineMs: number;
  mayResend: boolean;
  /** What the browser brought, where the shopper says that they have done their part. */
  payment?: PaymentInput;
};

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
  const shopperDone = asking.payment !== undefined;
  return settleOperation(operationId, { outcome, actor, shopperDone });
}

function wasUnanswered({ outcome }: Operation): boolean {
  return typeof outcome === "object" && outcome !== null && "unanswered" in outcome
    ? outcome.unanswered === true
    : false;
}

/** Runs `work` as the only one who asks about the operation; null where somebody else does, or just did. */
export async function asOnlyAsker<T>(
  operationId: string,
  everyMs: number,
  work: () => Promise<T>,
): Promise<T | null> {
  const until = await claimCheck(operationId, everyMs);
  if (until === null) return null;
  try {
    return await work();
  } finally {
    // Where the database is away the right ends by itself.
    await endCheck(operationId, until).catch(() => undefined);
  }
}

/**
 * As `checkOperation`, for somebody who was told something of the operation and sends nothing. False
 * where the gateway could not be asked.
 */
export async function confirmOperation(operationId: string, actor: Actor): Promise<boolean> {
  const confirm = async (): Promise<boolean> => {
    const { outcome } = await ask(operationId, { ...asJanitor, mayResend: false });
    if (outcome.kind === "unknown") return false;
    await settleOperation(operationId, { outcome, actor });
    return true;
  };
  for (let tries = 0; tries < insistTries; tries += 1) {
    const { state } = await getOperation(operationId);
    // Whoever has just begun it asks for themselves, and what is settled is taken no further.
    if (state !== "awaiting_action" && state !== "unknown") return confirm();
    const confirmed = await asOnlyAsker(operationId, 0, confirm);
    if (confirmed !== null) return confirmed;
    await sleep(insistEveryMs);
  }
  return false;
}

async function ask(
  operationId: string,
  asking: Asking,
): Promise<{ outcome: LookupOutcome; operation: Operation; transaction: TransactionRecord }> {
  const operation = await getOperation(operationId);
  const transaction = await getTransactionByPk(operation.transactionPk);
  const gateway = getGateway(transaction.gateway);
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  const question = await questionOf(gateway, account, operation, transaction, asking.payment);
  const found = await callGateway(account.configurationId, question.look, asking.deadlineMs);
  const outcome = await giveUpAbandoned(operation, found, question);
  if (outcome.kind !== "absent" || !asking.mayResend || question.resend === null) {
    return { outcome, operation, transaction };
  }
  // One sends it: at a gateway without idempotency keys two requests are two refunds.
  if (!(await renewLease(operation, leaseMs))) {
    return { outcome: { kind: "unknown", detail: "being sent again" }, operation, transaction };
  }
  const resent = await callGateway(account.configurationId, question.resend, asking.deadlineMs);
  // Not sent this time either: that says nothing of the first time, so it stays open.
  return {
    outcome: resent.kind === "not_sent" ? { kind: "unknown", detail: resent.detail } : resent,
    operation,
    transaction,
  };
}

/** A shopper who has gone for good leaves no order claimed: the payment is given up at the gateway first. */
async function giveUpAbandoned(
  { kind, createdAt, settledAt }: Operation,
  outcome: LookupOutcome,
  { giveUp }: Question,
): Promise<LookupOutcome> {
  const isAbandoned =
    kind === "charge" &&
    settledAt === null &&
    outcome.kind === "action_required" &&
    Date.now() - createdAt.getTime() > abandonedAfterMs;
  if (!isAbandoned || giveUp === null) return outcome;
  const ended = await giveUp();
  const isGivenUp = ended.kind === "declined" && ended.reason === "cancelled";
  return isGivenUp ? declined("payment_expired", ended.reference) : ended;
}

type Question = {
  look: () => Promise<LookupOutcome>;
  /** null for a charge: what never arrived is failed, and the shopper pays anew. */
  resend: (() => Promise<LookupOutcome>) | null;
  /** Of a charge alone. */
  giveUp: (() => Promise<LookupOutcome>) | null;
};

/** What a gateway is asked about a charge. */
export function chargeQuestion(
  operation: Pick<Operation, "gatewayKey" | "state" | "createdAt">,
  transaction: TransactionRecord,
  payment: PaymentInput = noPayment,
): LookupRequest {
  return {
    ...paymentTerms(transaction),
    gatewayKey: operation.gatewayKey,
    awaitsShopper: operation.state === "awaiting_action",
    openedAt: operation.createdAt,
    payment,
  };
}

async function questionOf(
  gateway: Gateway,
  account: GatewayAccount,
  operation: Operation,
  transaction: TransactionRecord,
  payment: PaymentInput | undefined,
): Promise<Question> {
  const { kind, gatewayKey, amountMinor } = operation;
  if (kind === "charge") {
    const charge = chargeQuestion(operation, transaction, payment);
    const giveUp = () => gateway.cancelCharge(account, charge);
    // Looking may carry a charge on; one that has ended here is only looked at.
    const look =
      operation.settledAt === null ? () => gateway.lookupCharge(account, charge) : giveUp;
    return { look, resend: null, giveUp };
  }
  const request = {
    gatewayKey,
    merchantReference: transaction.transactionId,
    amountMinor,
    currency: transaction.currency,
    intentReference: transaction.intentReference,
  };
  const { gatewayTransactionId: chargeReference } = transaction;
  invariant(chargeReference !== null, "what is captured, voided or refunded has a charge");
  if (kind === "refund") {
    invariant(operation.refundPk !== null, "a refund operation has a refund");
    const { refundId, gatewayRefundId } = await getRefundByPk(operation.refundPk);
    const refund = {
      ...request,
      chargeReference,
      merchantReference: refundId,
      refundReference: gatewayRefundId ?? referenceIn(operation),
      openedAt: operation.createdAt,
      // Whoever sends it, first or again, holds the lease from then on.
      sentAt: new Date(operation.leaseUntil.getTime() - leaseMs),
    };
    return {
      look: () => gateway.lookupRefund(account, refund),
      resend: () => gateway.refund(account, refund),
      giveUp: null,
    };
  }
  const { holds } = gateway;
  invariant(holds, `${gateway.name} can hold money`);
  const hold = { ...request, chargeReference, move: kind };
  return {
    look: () => holds.lookup(account, hold),
    resend: () => (kind === "capture" ? holds.capture(account, hold) : holds.void(account, hold)),
    giveUp: null,
  };
}

/** The gateway's id of what was asked for, where an answer that was no end told it. */
function referenceIn({ outcome }: Operation): string | null {
  const told = z.object({ reference: z.string().min(1) }).safeParse(outcome);
  return told.success ? told.data.reference : null;
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
    try {
      const asked = await asOnlyAsker(operation.id, readCheckEveryMs, () =>
        checkOperation(operation.id, actor, { deadlineMs: readerDeadlineMs, mayResend: true }),
      );
      current = asked ?? current;
    } catch (error) {
      log.warn("asking about an operation failed", { operationId: operation.id, error });
    }
  }
  return current === transaction ? getTransactionByPk(transaction.id) : current;
}

/**
 * As `refreshTransaction`, for a shopper who comes back and says that they have paid: asks at once, waits
 * as long as a charge may take, and gives the adapter what the browser brought.
 */
export async function finishForShopper(
  transaction: TransactionRecord,
  actor: Actor,
  payment: PaymentInput,
): Promise<TransactionRecord> {
  const open = await findOpenOperations(transaction.id);
  const operation = open.find(({ kind }) => kind === "charge");
  if (!operation || isSilent(transaction.configurationId)) {
    return getTransactionByPk(transaction.id);
  }
  for (let tries = 0; tries < insistTries; tries += 1) {
    try {
      const asked = await asOnlyAsker(operation.id, readCheckEveryMs, () =>
        checkOperation(operation.id, actor, { ...asJanitor, payment }),
      );
      if (asked !== null) return asked;
    } catch (error) {
      log.warn("asking about an operation failed", { operationId: operation.id, error });
      break;
    }
    await sleep(insistEveryMs);
    const current = await getTransactionByPk(transaction.id);
    if (!isUnsettled(current.status)) return current;
  }
  return getTransactionByPk(transaction.id);
}
