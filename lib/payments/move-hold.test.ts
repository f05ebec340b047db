import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import type { Viewer } from "../domain/actor.ts";
import { checkDueOperations } from "../jobs/janitor.ts";
import { expectBooksToHold } from "../testing/books.ts";
import { aDummyConfiguration, anOrder, aViewer, cards } from "../testing/builders.ts";
import { captureTransaction } from "./capture-transaction.ts";
import { createIntent } from "./create-intent.ts";
import { watchHolds } from "./expire-holds.ts";
import { processPayment } from "./process-payment.ts";
import { refundTransaction } from "./refund-transaction.ts";
import { voidTransaction } from "./void-transaction.ts";

/** A payment of 150.00 that is held. */
async function aHeldPayment(
  card: string = cards.good,
): Promise<{ admin: Viewer; shopper: Viewer; transaction: TransactionRecord; id: string }> {
  const [admin, shopper] = [await aViewer("admin"), await aViewer()];
  await aDummyConfiguration();
  const order = await anOrder(shopper);
  const { transaction: intent } = await createIntent(shopper, {
    orderId: order.id,
    gateway: "dummy",
    captureMethod: "manual",
  });
  const result = await processPayment(shopper, {
    transactionId: intent.transactionId,
    paymentData: { card_number: card },
  });
  return { admin, shopper, transaction: result.transaction, id: intent.transactionId };
}

function current({ id }: TransactionRecord) {
  return db().transaction.findUniqueOrThrow({ where: { id }, include: { order: true } });
}

/** The next calls of the dummy gateway that move money go wrong in that way. */
async function nextCalls(mode: string, remaining = 1): Promise<void> {
  await db().dummyFault.create({ data: { mode, remaining } });
}

/** Makes everything due now, as time does. */
async function letTimePass(): Promise<void> {
  await db().$executeRaw`UPDATE operations SET next_check_at = now(), lease_until = now()
                         WHERE settled_at IS NULL`;
}

describe("a payment that is to be captured by staff", () => {
  test("is held: nothing is taken, and the order is not paid", async () => {
    const { transaction } = await aHeldPayment();
    expect(transaction).toMatchObject({
      status: "authorized",
      authorizedMinor: 15000n,
      capturedMinor: 0n,
      capturableMinor: 15000n,
      refundableMinor: 0n,
    });
    expect((await current(transaction)).order.status).toBe("pending");
    await expectBooksToHold();
  });

  test("stays so where somebody asks for the intent again without saying how", async () => {
    const shopper = await aViewer();
    await aDummyConfiguration();
    const order = await anOrder(shopper);
    const asked = { orderId: order.id, gateway: "dummy" } as const;
    const first = await createIntent(shopper, { ...asked, captureMethod: "manual" });
    const second = await createIntent(shopper, asked);
    expect(second).toMatchObject({ created: false });
    expect(second.transaction).toMatchObject({ id: first.transaction.id, captureMethod: "manual" });
  });

  test("is captured whole, and that pays the order", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    const moved = await captureTransaction(admin, { transactionId: id });
    expect(moved).toMatchObject({ done: true, transaction: { status: "success" } });
    const after = await current(transaction);
    expect(after).toMatchObject({ capturedMinor: 15000n, order: { status: "paid" } });
    await expectBooksToHold();
  });

  test("is captured in parts and the rest released; what was taken can be refunded", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    await captureTransaction(admin, { transactionId: id, amount: "60.00" });
    await captureTransaction(admin, { transactionId: id, amount: "40.00" });
    await expect(
      captureTransaction(admin, { transactionId: id, amount: "50.01" }),
    ).rejects.toMatchObject({ code: "amount_exceeds_capturable" });
    await voidTransaction(admin, { transactionId: id });
    expect(await current(transaction)).toMatchObject({
      status: "success",
      capturedMinor: 10000n,
      voidedMinor: 5000n,
    });
    await expect(captureTransaction(admin, { transactionId: id })).rejects.toMatchObject({
      code: "not_capturable",
    });
    await refundTransaction(admin, { transactionId: id });
    expect(await current(transaction)).toMatchObject({
      status: "refunded",
      refundedMinor: 10000n,
    });
    await expectBooksToHold();
  });

  test("is released: it is cancelled, and the order can be paid anew", async () => {
    const { admin, shopper, transaction, id } = await aHeldPayment();
    await voidTransaction(admin, { transactionId: id });
    const after = await current(transaction);
    expect(after).toMatchObject({ status: "cancelled", capturedMinor: 0n, voidedMinor: 15000n });
    const again = await createIntent(shopper, { orderId: after.orderId, gateway: "dummy" });
    expect(again.created).toBe(true);
    await expectBooksToHold();
  });

  test.each(["customer", "support"] as const)("is moved by no %s", async (role) => {
    const { id, shopper } = await aHeldPayment();
    const viewer = role === "customer" ? shopper : await aViewer(role);
    for (const move of [captureTransaction, voidTransaction]) {
      await expect(move(viewer, { transactionId: id })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
  });

  test("holds after 3-D Secure is passed, too", async () => {
    const { transaction } = await aHeldPayment(cards.threeDSecure);
    expect(transaction.status).toBe("requires_action");
  });
});

describe("what is held is never taken twice", () => {
  test("of 20 captures of 60.00 at once on 150.00, at most two succeed", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        captureTransaction(admin, { transactionId: id, amount: "60.00" }),
      ),
    );
    const done = tries.filter((result) => result.status === "fulfilled").length;
    expect(done).toBeGreaterThanOrEqual(1);
    expect(done).toBeLessThanOrEqual(2);
    expect((await current(transaction)).capturedMinor).toBe(BigInt(done) * 6000n);
    await expectBooksToHold();
  });

  test("a capture and a release at once: one of them happens", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    await Promise.allSettled([
      captureTransaction(admin, { transactionId: id }),
      voidTransaction(admin, { transactionId: id }),
    ]);
    const { capturedMinor, voidedMinor } = await current(transaction);
    expect(capturedMinor + voidedMinor).toBe(15000n);
    expect([0n, 15000n]).toContain(capturedMinor);
    await expectBooksToHold();
  });

  test("the request that is repeated after a crash finds the capture it made", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    const idempotencyKeyId = randomUUID();
    const command = { transactionId: id, amount: "50.00", idempotencyKeyId };
    await captureTransaction(admin, command);
    await captureTransaction(admin, command);
    expect((await current(transaction)).capturedMinor).toBe(5000n);
  });
});

describe("a capture whose answer is lost", () => {
  test.each(["reset", "500"])("(%s) stays reserved until the gateway tells", async (mode) => {
    const { admin, transaction, id } = await aHeldPayment();
    await nextCalls(mode);
    const moved = await captureTransaction(admin, { transactionId: id, amount: "50.00" });
    expect(moved.done).toBe(false);
    expect(moved.transaction).toMatchObject({ status: "authorized", capturableMinor: 10000n });
    await letTimePass();
    await checkDueOperations();
    // Captured there already, or sent again with its key: once either way.
    expect(await current(transaction)).toMatchObject({
      status: "success",
      capturedMinor: 5000n,
      authorizationPendingMinor: 0n,
    });
    expect(await db().dummyCapture.count({ where: { state: "succeeded", kind: "capture" } })).toBe(
      await db().operation.count({ where: { kind: "capture", state: "succeeded" } }),
    );
    await expectBooksToHold();
  });

  test("that was certainly not sent gives its reservation back", async () => {
    const { admin, transaction, id } = await aHeldPayment();
    await nextCalls("429");
    await expect(captureTransaction(admin, { transactionId: id })).rejects.toMatchObject({
      code: "gateway_unreachable",
    });
    expect(await current(transaction)).toMatchObject({
      status: "authorized",
      authorizationPendingMinor: 0n,
    });
    await expectBooksToHold();
  });
});

describe("a hold that runs out", () => {
  test("is told to staff a day before, and released here once the gateway says it is gone", async () => {
    const { transaction, id } = await aHeldPayment();
    const day = 86_400_000;
    await watchHolds(new Date(Date.now() + 6.5 * day));
    const waiting = { transactionId: id, kind: "authorization_expiring", status: "open" } as const;
    expect(await db().case.count({ where: waiting })).toBe(1);
    await db().transaction.update({
      where: { id: transaction.id },
      data: { authorizationExpiresAt: new Date(Date.now() - 2 * 3_600_000) },
    });
    await db().dummyCharge.update({
      where: { reference: transaction.gatewayTransactionId ?? "" },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    });
    await watchHolds();
    expect(await current(transaction)).toMatchObject({ status: "cancelled", voidedMinor: 15000n });
    expect(await db().case.count({ where: waiting })).toBe(0);
    await expectBooksToHold();
  });
});
