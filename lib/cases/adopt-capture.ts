import { createHash, randomUUID } from "node:crypto";
import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { insertOperation } from "../db/operations.ts";
import { lockTransaction, updateTransaction } from "../db/transactions.ts";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError } from "../domain/errors.ts";
import type { ListedCharge } from "../gateways/gateway.ts";
import { firstCheckMs, leaseMs } from "../payments/check-schedule.ts";
import { settleOperationIn } from "../payments/settle-operation.ts";

/**
 * Takes in what was captured at the gateway beyond what was captured here, as one capture. Nothing where
 * that is nothing. Throws `conflict` where so much is not held here.
 */
export async function adoptCapture(
  viewer: Viewer,
  transactionPk: number,
  charge: ListedCharge,
): Promise<void> {
  await inTransaction(async (tx) => {
    const transaction = await lockTransaction(tx, transactionPk);
    const amountMinor = charge.capturedMinor - transaction.capturedMinor;
    if (amountMinor === 0n) return;
    const isHeld = amountMinor > 0n && amountMinor <= transaction.capturableMinor;
    if (!isHeld || transaction.authorizationPendingMinor > 0n) {
      throw new PaymentError(
        "conflict",
        "The gateway captured another amount than can be taken in. Put it right there, or dismiss the case with a note.",
      );
    }
    const operationId = randomUUID();
    await insertOperation(tx, {
      id: operationId,
      kind: "capture",
      transactionPk,
      refundPk: null,
      fingerprint: new Uint8Array(
        createHash("sha256").update(`capture ${transaction.transactionId} ${amountMinor}`).digest(),
      ),
      gatewayKey: `adopted-${transaction.gateway}-${charge.reference}-${charge.capturedMinor}`,
      amountMinor,
      leaseMs,
      firstCheckMs,
    });
    await updateTransaction(tx, transactionPk, {
      authorizationPendingMinor: { increment: amountMinor },
    });
    await recordAudit(tx, {
      entity: "transaction",
      entityId: transaction.transactionId,
      action: "capture_adopted",
      actor: viewer,
      after: { operation: operationId, amount_minor: String(amountMinor) },
    });
    const { reference, currency } = charge;
    await settleOperationIn(tx, operationId, {
      outcome: { kind: "succeeded", reference, amountMinor, currency, card: null },
      actor: viewer,
    });
  });
}
