import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { db, inTransaction } from "../db/client.ts";
import { insertOperation } from "../db/operations.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import { checkDueOperations } from "../jobs/janitor.ts";
import { anIntent, anOrder, aProcessedTransaction, aViewer, cards } from "../testing/builders.ts";
import { getTransaction } from "./get-transaction.ts";
import { processPayment } from "./process-payment.ts";
import { settleOperation } from "./settle-operation.ts";

const janitor = { kind: "system", name: "janitor" } as const;

async function chargeOperation(transaction: TransactionRecord) {
  return db().operation.findFirstOrThrow({
    where: { transactionPk: transaction.id, kind: "charge" },
  });
}

function succeeded(transaction: TransactionRecord, reference: string) {
  const { amountMinor, currency } = transaction;
  return { kind: "succeeded", reference, amountMinor, currency, card: null } as const;
}

/** What a process leaves that died right after it opened the operation and before it called. */
async function aCrashedCharge(): Promise<{ transaction: TransactionRecord; gatewayKey: string }> {
  const intent = await anIntent(await aViewer());
  const id = randomUUID();
  const gatewayKey = `tb-${id}`;
  await inTransaction(async (tx) => {
    await tx.transaction.update({ where: { id: intent.id }, data: { status: "processing" } });
    await insertOperation(tx, {
      id,
      kind: "charge",
      transactionPk: intent.id,
      refundPk: null,
      fingerprint: new Uint8Array([1]),
      gatewayKey,
      amountMinor: intent.amountMinor,
      leaseMs: -1,
      firstCheckMs: -1,
    });
    await tx.auditEvent.create({
      data: {
        entity: "transaction",
        entityId: intent.transactionId,
        action: "charge_started",
        actorKind: "system",
        actor: "test",
        fromStatus: "pending",
        toStatus: "processing",
      },
    });
  });
  return { transaction: intent, gatewayKey };
}

describe("a process that died mid-payment", () => {
  test("before the call: the janitor finds no charge, the payment fails, the key is spent", async () => {
    const { transaction, gatewayKey } = await aCrashedCharge();
    await checkDueOperations();
    const after = await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
    expect(after).toMatchObject({ status: "failed", errorCode: "not_charged", capturedMinor: 0n });
    // A request that was still on its way comes to nothing.
    const charge = await db().dummyCharge.findUniqueOrThrow({
      where: { idempotencyKey: gatewayKey },
    });
    expect(charge.state).toBe("refused");
  });

  test("after the charge: the janitor finds it, once", async () => {
    const { transaction, gatewayKey } = await aCrashedCharge();
    await db().dummyCharge.create({
      data: {
        reference: `dch_${gatewayKey}`,
        idempotencyKey: gatewayKey,
        state: "succeeded",
        merchantReference: transaction.transactionId,
        amountMinor: 15000n,
        currency: "USD",
      },
    });
    await Promise.all([checkDueOperations(), checkDueOperations()]);
    const after = await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
    expect(after).toMatchObject({ status: "success", capturedMinor: 15000n });
    expect(await db().journal.count({ where: { transactionPk: transaction.id } })).toBe(1);
  });

  test("an operation whose opener may still be calling is left alone", async () => {
    const { transaction } = await aCrashedCharge();
    await db().operation.updateMany({
      where: { transactionPk: transaction.id },
      data: { leaseUntil: new Date(Date.now() + 60_000) },
    });
    await checkDueOperations();
    const after = await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
    expect(after.status).toBe("processing");
    await db().operation.updateMany({
      where: { transactionPk: transaction.id },
      data: { leaseUntil: new Date(0) },
    });
    await checkDueOperations();
  });
});

describe("settling", () => {
  test("ten pieces of the same news at once change the books once", async () => {
    const transaction = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
    const operation = await chargeOperation(transaction);
    const booked = await db().dummyCharge.findUniqueOrThrow({
      where: { idempotencyKey: operation.gatewayKey },
    });
    await Promise.all(
      Array.from({ length: 10 }, () =>
        settleOperation(operation.id, {
          outcome: succeeded(transaction, booked.reference),
          actor: janitor,
        }),
      ),
    );
    expect(await db().journal.count({ where: { transactionPk: transaction.id } })).toBe(1);
    expect(
      await db().outboxMessage.count({ where: { dedupeKey: transaction.transactionId } }),
    ).toBe(1);
    const moves = await db().auditEvent.count({
      where: { entityId: transaction.transactionId, toStatus: "success" },
    });
    expect(moves).toBe(1);
  });

  test("a decline that comes after the success changes nothing", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const operation = await chargeOperation(transaction);
    const outcome = {
      kind: "declined",
      reference: null,
      reason: "card_declined",
      message: "late",
    } as const;
    const after = await settleOperation(operation.id, { outcome, actor: janitor });
    expect(after.status).toBe("success");
  });

  test("another amount than asked is never a success, and a person is told", async () => {
    const transaction = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
    const operation = await chargeOperation(transaction);
    const outcome = { ...succeeded(transaction, "dch_other"), amountMinor: 1n };
    const after = await settleOperation(operation.id, { outcome, actor: janitor });
    expect(after).toMatchObject({ status: "processing", capturedMinor: 0n });
    const caseKey = `amount_mismatch:${operation.id}`;
    const told = await db().case.findFirstOrThrow({ where: { caseKey, status: "open" } });
    expect(told.evidence).toMatchObject({ asked: "150.00", told: "0.01", currency: "USD" });
    // The gateway is asked on, and its next word is the right one.
    await getTransaction(
      { kind: "user", userId: transaction.userId, email: "", role: "customer" },
      transaction.transactionId,
    );
    expect(
      await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } }),
    ).toMatchObject({ status: "success", capturedMinor: 15000n });
    expect(await db().case.count({ where: { caseKey, status: "open" } })).toBe(0);
  });

  test("a late success after a failure is taken in; for an order paid otherwise it is flagged", async () => {
    const shopper = await aViewer();
    const order = await anOrder(shopper);
    const first = await anIntent(shopper, order);
    await processPayment(shopper, {
      transactionId: first.transactionId,
      paymentData: { card_number: cards.declined },
    });
    const second = await anIntent(shopper, order);
    await processPayment(shopper, { transactionId: second.transactionId });
    const operation = await chargeOperation(first);
    await db().dummyCharge.update({
      where: { idempotencyKey: operation.gatewayKey },
      data: { state: "succeeded" },
    });
    const reference = (
      await db().dummyCharge.findUniqueOrThrow({ where: { idempotencyKey: operation.gatewayKey } })
    ).reference;
    const after = await settleOperation(operation.id, {
      outcome: succeeded(first, reference),
      actor: janitor,
    });
    expect(after).toMatchObject({ status: "success", excessCapture: true, capturedMinor: 15000n });
    expect((await db().order.findUniqueOrThrow({ where: { id: order.id } })).status).toBe("paid");
  });
});
