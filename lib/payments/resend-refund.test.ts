import { afterAll, beforeAll, expect, test } from "vitest";
import { flutterwaveStandIn } from "../../sandbox/flutterwave/flutterwave-stand-in.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import { getOperation, renewLease } from "../db/operations.ts";
import type { Viewer } from "../domain/actor.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { expectBooksToHold } from "../testing/books.ts";
import { anOrder, aViewer } from "../testing/builders.ts";
import { checkOperation } from "./check-operation.ts";
import { leaseMs } from "./check-schedule.ts";
import { createIntent } from "./create-intent.ts";
import { processPayment } from "./process-payment.ts";
import { refundTransaction } from "./refund-transaction.ts";

// Flutterwave knows no idempotency keys: whatever is sent twice there is paid twice.
let standIn: TestStandIn;
let admin: Viewer;

beforeAll(async () => {
  standIn = await TestStandIn.start(flutterwaveStandIn);
  admin = await aViewer("admin");
  const { merchantId, publicKey, secretKey, webhookSecrets } = standIn.account();
  await inTransaction((tx) =>
    insertConfiguration(
      tx,
      { gateway: "flutterwave", merchantId, publicKey, currency: "USD" },
      (id) => sealSecret(id, secretKey, webhookSecrets[0]),
    ),
  );
});
afterAll(() => standIn.stop());

/** A refund of which nothing arrived, as nobody here knows. */
async function aLostRefund() {
  const owner = await aViewer();
  const order = await anOrder(owner);
  const intent = await createIntent(owner, { orderId: order.id, gateway: "flutterwave" });
  const { transactionId } = intent.transaction;
  await processPayment(owner, { transactionId, paymentData: undefined });
  await standIn.act({ act: "pay", transaction: transactionId });
  const paid = await processPayment(owner, { transactionId, paymentData: undefined });
  expect(paid.transaction.status).toBe("success");
  await standIn.fault("500");
  const refund = await refundTransaction(admin, { transactionId, amount: "40.00" });
  expect(refund.status).toBe("pending");
  const operation = await db().operation.findFirstOrThrow({ where: { refundPk: refund.id } });
  return { refund, operationId: operation.id };
}

/** As if the refund had been sent that long ago. */
async function sentAgo(operationId: string, seconds: number): Promise<void> {
  await db().$executeRaw`
    UPDATE operations SET created_at = now() - ${seconds} * interval '1 second',
      lease_until = now() + ${leaseMs / 1_000 - seconds} * interval '1 second'
    WHERE id = ${operationId}::uuid`;
}

async function refundsThere(refundId: string): Promise<number> {
  const { rows } = await standIn.world.pool.query(
    "SELECT 1 FROM sandbox.objects WHERE role = 'refund' AND merchant_reference = $1",
    [refundId],
  );
  return rows.length;
}

test("a refund that was lost is not sent again while it may still be on its way", async () => {
  const { refund, operationId } = await aLostRefund();
  await checkOperation(operationId, admin);
  expect(await refundsThere(refund.refundId)).toBe(0);
  await sentAgo(operationId, 60);
  await checkOperation(operationId, admin);
  expect(await refundsThere(refund.refundId)).toBe(1);
});

test("of many who find it lost at once, one sends it", async () => {
  const { refund, operationId } = await aLostRefund();
  await sentAgo(operationId, 60);
  await Promise.all(Array.from({ length: 8 }, () => checkOperation(operationId, admin)));
  expect(await refundsThere(refund.refundId)).toBe(1);
});

test("a repetition that is on its way itself is not repeated", async () => {
  const { refund, operationId } = await aLostRefund();
  await sentAgo(operationId, 60);
  await standIn.fault("500");
  await checkOperation(operationId, admin);
  // The repetition's answer said nothing: asked at once, it may still come.
  await checkOperation(operationId, admin);
  await checkOperation(operationId, admin);
  expect(await refundsThere(refund.refundId)).toBe(0);
  await sentAgo(operationId, 60);
  await checkOperation(operationId, admin);
  await standIn.advance(10);
  await checkOperation(operationId, admin);
  expect(await refundsThere(refund.refundId)).toBe(1);
  const ended = await db().refund.findUniqueOrThrow({ where: { id: refund.id } });
  expect(ended.status).toBe("refunded");
  await expectBooksToHold();
});

test("the right to send is that of one who read the lease as it is", async () => {
  const { operationId } = await aLostRefund();
  const seen = await getOperation(operationId);
  const taken = await Promise.all([renewLease(seen, leaseMs), renewLease(seen, leaseMs)]);
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await renewLease(seen, leaseMs)).toBe(false);
});
