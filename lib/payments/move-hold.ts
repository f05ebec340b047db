import { createHash, randomUUID } from "node:crypto";
import type { Actor } from "../domain/actor.ts";
import { PaymentError, invariant } from "../domain/errors.ts";
import { displayMoney, parseAmount } from "../domain/money.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction, isUniqueViolation } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import { findOperationByIdempotencyKey, insertOperation } from "../db/operations.ts";
import { lockTransaction, updateTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { callGateway } from "./call-gateway.ts";
import { firstCheckMs, leaseMs } from "./check-schedule.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { settleOperation } from "./settle-operation.ts";

export type HoldMove = {
  kind: "capture" | "void";
  /** Decimal string; left out: all that is held. A void is always of all that is left. */
  amount?: string | undefined;
  reason?: string | undefined;
  /** The request's idempotency row: its repetition after a crash finds the operation it made. */
  idempotencyKeyId?: string | undefined;
};

/** `done` false: the outcome is not known yet, and the gateway is asked until it is. */
export type HoldMoved = { transaction: TransactionRecord; done: boolean };

type Opened = {
  operationId: string;
  gatewayKey: string;
  amountMinor: bigint;
  transaction: TransactionRecord;
  account: GatewayAccount;
};

/**
 * Captures or releases what a gateway holds, by the three steps of every operation: the amount is
 * reserved under the transaction's lock, the gateway is called with no database transaction open, the
 * outcome is settled.
 *
 * Throws `not_capturable`, `amount_exceeds_capturable`, `conflict` (another is under way, or the gateway
 * cannot), `capture_refused`, `gateway_unreachable` (nothing was moved).
 */
export async function moveHold(
  actor: Actor,
  transactionPk: number,
  move: HoldMove,
): Promise<HoldMoved> {
  const opened = await openMove(actor, transactionPk, move);
  if ("existing" in opened) return { transaction: opened.transaction, done: opened.existing };
  const { holds } = getGateway(opened.transaction.gateway);
  invariant(holds, "a gateway that holds money can move it");
  const { transaction, account, gatewayKey, amountMinor } = opened;
  const request = {
    gatewayKey,
    merchantReference: transaction.transactionId,
    chargeReference: transaction.gatewayTransactionId ?? "",
    intentReference: transaction.intentReference,
    amountMinor,
    currency: transaction.currency,
  };
  const outcome = await callGateway(account.configurationId, () =>
    move.kind === "capture" ? holds.capture(account, request) : holds.void(account, request),
  );
  try {
    const settled = await settleOperation(opened.operationId, { outcome, actor });
    if (outcome.kind === "not_sent") throw unreachable(move.kind, transaction);
    if (outcome.kind === "declined" && settled.status === transaction.status) {
      throw new PaymentError("capture_refused", outcome.message, {
        details: { transaction_id: transaction.transactionId, status: settled.status },
      });
    }
    return { transaction: settled, done: settled.authorizationPendingMinor === 0n };
  } catch (error) {
    if (error instanceof PaymentError) throw error;
    // The operation stays open with its reservation; the janitor asks.
    log.error("an outcome could not be written", { operationId: opened.operationId, error });
    return { transaction, done: false };
  }
}

async function openMove(
  actor: Actor,
  transactionPk: number,
  move: HoldMove,
): Promise<Opened | { existing: boolean; transaction: TransactionRecord }> {
  try {
    return await inTransaction(async (tx) => {
      const transaction = await lockTransaction(tx, transactionPk);
      const { idempotencyKeyId } = move;
      if (idempotencyKeyId !== undefined) {
        const made = await findOperationByIdempotencyKey(tx, idempotencyKeyId);
        if (made) return { existing: made.settledAt !== null, transaction };
      }
      const amountMinor = amountOf(transaction, move);
      const operationId = randomUUID();
      const gatewayKey = `tb-${operationId}`;
      await insertOperation(tx, {
        id: operationId,
        kind: move.kind,
        transactionPk: transaction.id,
        refundPk: null,
        fingerprint: new Uint8Array(
          createHash("sha256")
            .update(`${move.kind} ${transaction.transactionId} ${amountMinor}`)
            .digest(),
        ),
        gatewayKey,
        amountMinor,
        leaseMs,
        firstCheckMs,
        idempotencyKeyId,
      });
      const reserved = await updateTransaction(tx, transaction.id, {
        authorizationPendingMinor: { increment: amountMinor },
      });
      await recordAudit(tx, {
        entity: "transaction",
        entityId: transaction.transactionId,
        action: `${move.kind}_started`,
        actor,
        reason: move.reason ?? "",
        after: { operation: operationId, amount_minor: String(amountMinor) },
      });
      const account = gatewayAccount(await getConfiguration(transaction.configurationId, tx));
      return { operationId, gatewayKey, amountMinor, transaction: reserved, account };
    });
  } catch (error) {
    // The partial unique index: one capture or void of a payment is under way at a time.
    if (!isUniqueViolation(error)) throw error;
    throw new PaymentError(
      "conflict",
      "Another capture or release of this payment is under way. Try again when it has ended.",
      { cause: error },
    );
  }
}

/** How much is to be captured or released; refused where nothing, or not so much, is held. */
function amountOf(transaction: TransactionRecord, move: HoldMove): bigint {
  const { status, currency, capturableMinor, authorizationPendingMinor } = transaction;
  const { capabilities } = getGateway(transaction.gateway);
  if (authorizationPendingMinor > 0n) {
    throw new PaymentError(
      "conflict",
      "Another capture or release of this payment is under way. Try again when it has ended.",
    );
  }
  const isHeld = status === "authorized" || (status === "success" && capturableMinor > 0n);
  const mayStillRelease = move.kind === "void" && capturableMinor > 0n;
  if (!isHeld && !mayStillRelease) {
    throw new PaymentError(
      "not_capturable",
      `This payment is ${status}: nothing is held that could be ${move.kind === "capture" ? "captured" : "released"}.`,
    );
  }
  if (move.kind === "void" || move.amount === undefined) return capturableMinor;
  const asked = parseAmount(move.amount, currency);
  if (asked === 0n || asked > capturableMinor) {
    throw new PaymentError(
      "amount_exceeds_capturable",
      `Choose an amount up to the ${displayMoney(capturableMinor, currency)} that is held.`,
    );
  }
  if (asked < capturableMinor && !capabilities.partialCapture) {
    throw new PaymentError(
      "amount_exceeds_capturable",
      `${transaction.gateway} captures only the whole amount of ${displayMoney(capturableMinor, currency)}.`,
    );
  }
  return asked;
}

function unreachable(kind: HoldMove["kind"], transaction: TransactionRecord): PaymentError {
  const what = kind === "capture" ? "captured" : "released";
  return new PaymentError(
    "gateway_unreachable",
    `The payment gateway was not reached. Nothing was ${what}.`,
    { details: { transaction_id: transaction.transactionId } },
  );
}
