import type { Viewer } from "../domain/actor.ts";
import { PaymentError, notFound } from "../domain/errors.ts";
import { isUnsettled, tookMoney } from "../domain/payment.ts";
import { getConfiguration } from "../db/configurations.ts";
import { findTransaction, type NextAction, type TransactionRecord } from "../db/transactions.ts";
import type { Gateway, Outcome, PaymentInput } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { ownerScope, requirePayer } from "./access.ts";
import { beginCharge } from "./begin-charge.ts";
import { callGateway } from "./call-gateway.ts";
import { finishForShopper } from "./check-operation.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { paymentTerms } from "./payment-terms.ts";
import { prepareCharge } from "./prepare-charge.ts";
import { settleOperation } from "./settle-operation.ts";

export type ProcessPayment = {
  transactionId: string;
  paymentMethod?: string | undefined;
  paymentData?: Record<string, string> | undefined;
};

export type ProcessResult =
  | { kind: "success"; transaction: TransactionRecord }
  /** The money is held; staff capture it. */
  | { kind: "authorized"; transaction: TransactionRecord }
  | { kind: "processing"; transaction: TransactionRecord }
  | {
      kind: "requires_action";
      transaction: TransactionRecord;
      nextAction: NextAction;
    }
  | { kind: "declined"; transaction: TransactionRecord; code: string; reason: string };

/**
 * Charges a transaction, once, however often it is called: open (one database transaction), call the
 * gateway with none open, settle (another). A call that finds the work done or under way says how it
 * stands instead.
 *
 * Throws `not_found`, `invalid_request`, `invalid_transition` (it failed: make a new intent),
 * `order_paid`, `order_in_flight`, `order_changed`, `gateway_unreachable` (nothing was charged).
 */
export async function processPayment(
  viewer: Viewer,
  command: ProcessPayment,
): Promise<ProcessResult> {
  requirePayer(viewer);
  const found = await findTransaction(command.transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  const gateway = getGateway(found.gateway);
  const payment = parsePayment(gateway, command.paymentData);
  const prepared = await ensurePrepared(gateway, found);
  const begun = await beginCharge(viewer, prepared.id, {
    payment,
    paymentMethod: command.paymentMethod,
  });
  if (begun.kind === "resumed") return resume(viewer, begun.transaction, payment);

  const { account, gatewayKey, transaction } = begun;
  const outcome = await callGateway(account.configurationId, () =>
    gateway.charge(account, { ...paymentTerms(transaction), gatewayKey, payment }),
  );
  const settled = await settleCall(begun.operationId, outcome, viewer);
  if (outcome.kind === "not_sent") throw unreachable(found);
  return settled === null ? { kind: "processing", transaction: found } : resultOf(settled);
}

function unreachable({ transactionId }: TransactionRecord): PaymentError {
  return new PaymentError(
    "gateway_unreachable",
    "The payment gateway was not reached. Nothing was charged.",
    { details: { transaction_id: transactionId } },
  );
}

/** The gateway may not know this payment yet: it could not be reached when the intent was made. */
async function ensurePrepared(
  gateway: Gateway,
  transaction: TransactionRecord,
): Promise<TransactionRecord> {
  if (transaction.status !== "pending" || transaction.intentReference !== null) return transaction;
  const account = gatewayAccount(await getConfiguration(transaction.configurationId));
  const prepared = await prepareCharge(gateway, account, transaction);
  if (prepared.kind === "unreachable") throw unreachable(transaction);
  if (prepared.kind === "refused") throw new PaymentError("conflict", prepared.message);
  return prepared.transaction;
}

function parsePayment(gateway: Gateway, data: Record<string, string> | undefined): PaymentInput {
  if (data !== undefined && !gateway.capabilities.rawCard) {
    const fields = Object.keys(data).filter((name) => ["card_number", "cvv"].includes(name));
    if (fields.length > 0) {
      throw new PaymentError(
        "invalid_request",
        `payment_data: card numbers are never sent here for ${gateway.name}; use the gateway's own fields.`,
        { fields: { payment_data: ["Use the gateway's own payment fields."] } },
      );
    }
  }
  return gateway.parsePayment(data);
}

/** Null where the outcome could not be written: the operation stays open and the janitor asks. */
async function settleCall(
  operationId: string,
  outcome: Outcome,
  viewer: Viewer,
): Promise<TransactionRecord | null> {
  try {
    return await settleOperation(operationId, { outcome, actor: viewer });
  } catch (error) {
    log.error("an outcome could not be written", { operationId, outcome: outcome.kind, error });
    return null;
  }
}

/** Somebody was here before: say how it stands, asking the gateway where that is not known. */
async function resume(
  viewer: Viewer,
  transaction: TransactionRecord,
  payment: PaymentInput,
): Promise<ProcessResult> {
  if (isUnsettled(transaction.status)) {
    return resultOf(await finishForShopper(transaction, viewer, payment));
  }
  if (tookMoney(transaction.status) || transaction.status === "authorized") {
    return resultOf(transaction);
  }
  throw new PaymentError(
    "invalid_transition",
    `This payment is ${transaction.status}. Create a new intent for the order to try again.`,
    { details: { transaction_id: transaction.transactionId, status: transaction.status } },
  );
}

function resultOf(transaction: TransactionRecord): ProcessResult {
  if (tookMoney(transaction.status)) return { kind: "success", transaction };
  if (transaction.status === "authorized") return { kind: "authorized", transaction };
  if (transaction.status === "requires_action" && transaction.nextAction) {
    return { kind: "requires_action", transaction, nextAction: transaction.nextAction };
  }
  if (transaction.status === "failed" || transaction.status === "cancelled") {
    return {
      kind: "declined",
      transaction,
      code: transaction.errorCode ?? "declined",
      reason: transaction.errorMessage,
    };
  }
  return { kind: "processing", transaction };
}
