import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import * as cancel from "../../app/api/payment/cancel/route.ts";
import * as process from "../../app/api/payment/process/route.ts";
import { standIns } from "../../sandbox/stand-ins.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import type { Viewer } from "../domain/actor.ts";
import { findGateway } from "../gateways/registry.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { aKey, callApi, tokenOf } from "../testing/api.ts";
import { expectBooksToHold } from "../testing/books.ts";
import { anOrder, aDummyConfiguration, aViewer } from "../testing/builders.ts";
import { processWebhook } from "../webhooks/process-webhook.ts";
import { receiveWebhook } from "../webhooks/receive-webhook.ts";
import { cancelPayment } from "./cancel-payment.ts";
import { checkOperation } from "./check-operation.ts";
import { createIntent } from "./create-intent.ts";
import { getTransaction } from "./get-transaction.ts";
import { processPayment } from "./process-payment.ts";
import { refundTransaction } from "./refund-transaction.ts";

/** An account of the shop at a stand-in. */
async function aConfiguration(standIn: TestStandIn, priority = 100): Promise<number> {
  const { merchantId, publicKey, secretKey, webhookSecrets } = standIn.account();
  const { gateway } = standIn;
  return inTransaction(async (tx) => {
    const row = await insertConfiguration(
      tx,
      { gateway, merchantId, publicKey, currency: "USD" },
      (id) => sealSecret(id, secretKey, webhookSecrets[0]),
    );
    await tx.paymentConfiguration.update({ where: { id: row.id }, data: { priority } });
    return row.id;
  });
}

async function deliver(standIn: TestStandIn): Promise<void> {
  for (const { headers, body } of await standIn.deliveries()) {
    await receiveWebhook(standIn.gateway, { headers, bytes: body });
  }
  const waiting = await db().webhookEvent.findMany({
    where: { state: { in: ["received", "parked"] } },
  });
  for (const { id } of waiting) {
    await db().$executeRaw`UPDATE webhook_events SET next_attempt_at = now() WHERE id = ${id}`;
    await processWebhook(id);
  }
}

/** Columns of any table, the sandbox's too, in which that text stands. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await db().$queryRaw<{ schema: string; table: string; column: string }[]>`
    SELECT table_schema AS schema, table_name AS table, column_name AS column
    FROM information_schema.columns
    WHERE table_schema IN ('public', 'sandbox', 'jobs') AND data_type IN ('text', 'jsonb', 'json', 'bytea')`;
  const found: string[] = [];
  for (const { schema, table, column } of columns) {
    const rows = await db().$queryRawUnsafe<unknown[]>(
      `SELECT 1 FROM "${schema}"."${table}"
       WHERE position(convert_to($1, 'UTF8') IN convert_to("${column}"::text, 'UTF8')) > 0 LIMIT 1`,
      text,
    );
    if (rows.length > 0) found.push(`${schema}.${table}.${column}`);
  }
  return found;
}

async function statusOf({ id }: TransactionRecord): Promise<string> {
  return (await db().transaction.findUniqueOrThrow({ where: { id } })).status;
}

async function capturedThere(standIn: TestStandIn, transactionId: string): Promise<bigint[]> {
  const { rows } = await standIn.world.pool.query<{ captured_minor: string }>(
    `SELECT captured_minor FROM sandbox.objects
     WHERE gateway = $1 AND role = 'charge' AND merchant_reference = $2 AND captured_minor > 0`,
    [standIn.gateway, transactionId],
  );
  return rows.map((row) => BigInt(row.captured_minor));
}

describe.each(standIns.map((standIn) => [standIn.gateway, standIn] as const))(
  "%s",
  (gateway, made) => {
    let standIn: TestStandIn;
    let shopper: Viewer;
    beforeAll(async () => {
      standIn = await TestStandIn.start(made);
      await aConfiguration(standIn);
      await aDummyConfiguration();
    });
    afterAll(() => standIn.stop());
    beforeEach(async () => {
      shopper = await aViewer();
    });

    const anIntentHere = async (amount = "150.00") => {
      const order = await anOrder(shopper, { amount });
      const intent = await createIntent(shopper, { orderId: order.id, gateway });
      expect(intent).toMatchObject({ created: true, transaction: { status: "pending", gateway } });
      expect(intent.clientSecret).not.toBe("");
      return { order, ...intent };
    };

    test("a card number or security code sent for it is refused with a pointer, and is nowhere after", async () => {
      const { transaction } = await anIntentHere();
      const token = await tokenOf(shopper);
      const card = "4012888888881881";
      for (const payment_data of [
        { card_number: card },
        { cvv: "737" },
        { payment_method: card },
      ]) {
        const answer = await callApi(process.POST, {
          method: "POST",
          path: "/api/payment/process/",
          token,
          headers: { "idempotency-key": aKey() },
          body: { transaction_id: transaction.transactionId, payment_data },
        });
        expect(answer.status).toBe(400);
        expect(answer.text).not.toContain(card);
      }
      expect(await placesOf(card)).toEqual([]);
      expect(await statusOf(transaction)).toBe("pending");
      expect((await standIn.calls()).filter((call) => call.moves_money)).toEqual([]);
    });

    test("giving up through the API says what came of it", async () => {
      const { transaction } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      const call = async (viewer: Viewer) =>
        callApi(cancel.POST, {
          method: "POST",
          path: "/api/payment/cancel/",
          token: await tokenOf(viewer),
          body: { transaction_id: transactionId },
        });
      expect((await call(await aViewer())).status).toBe(404);
      expect((await call(await aViewer("support"))).status).toBe(403);
      for (const times of [1, 2]) {
        const answer = await call(shopper);
        expect([answer.status, answer.body["status"], times]).toEqual([200, "cancelled", times]);
      }
    });

    test("a second intent is the same one, also where two ask at once", async () => {
      const order = await anOrder(shopper);
      const both = await Promise.all(
        [1, 2, 3].map(() => createIntent(shopper, { orderId: order.id, gateway })),
      );
      const again = await createIntent(shopper, { orderId: order.id, gateway });
      expect(new Set([...both, again].map(({ clientSecret }) => clientSecret)).size).toBe(1);
      expect(new Set([...both, again].map(({ transaction }) => transaction.id)).size).toBe(1);
      expect(again.created).toBe(false);
    });

    test("the order is claimed before the shopper pays, and paid once when they come back", async () => {
      const { transaction, order } = await anIntentHere();
      const { transactionId } = transaction;
      const claimed = await processPayment(shopper, { transactionId });
      expect(claimed.kind).toBe("requires_action");
      const other = await createIntent(shopper, { orderId: order.id, gateway: "dummy" });
      await expect(
        processPayment(shopper, { transactionId: other.transaction.transactionId }),
      ).rejects.toMatchObject({ code: "order_in_flight" });

      await standIn.act({ act: "pay", transaction: transactionId });
      const results = await Promise.all(
        [1, 2, 3, 4].map(() => processPayment(shopper, { transactionId })),
      );
      expect(results.map(({ kind }) => kind)).toEqual(Array(4).fill("success"));
      expect(await capturedThere(standIn, transactionId)).toEqual([15_000n]);
      await deliver(standIn);
      expect(await statusOf(transaction)).toBe("success");
      expect(await db().order.findUnique({ where: { id: order.id } })).toMatchObject({
        status: "paid",
      });
      await expectBooksToHold();
    });

    test("a shopper who pays and never comes back has paid: the webhook says so", async () => {
      const { transaction } = await anIntentHere();
      await processPayment(shopper, { transactionId: transaction.transactionId });
      await standIn.act({ act: "pay", transaction: transaction.transactionId });
      await deliver(standIn);
      expect(await statusOf(transaction)).toBe("success");
      await expectBooksToHold();
    });

    test("a payment made without our page is taken in, though nobody ever processed it", async () => {
      const { transaction } = await anIntentHere();
      await standIn.act({ act: "pay", transaction: transaction.transactionId });
      await deliver(standIn);
      expect(await statusOf(transaction)).toBe("success");
      await expectBooksToHold();
    });

    test("reading a payment that waits finds that it was paid", async () => {
      const { transaction } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      await standIn.act({ act: "pay", transaction: transactionId });
      await expect
        .poll(async () => (await getTransaction(shopper, transactionId)).status, { timeout: 5_000 })
        .toBe("success");
    });

    test("a payment that is given up takes no money, and the order is paid another way", async () => {
      const { transaction, order } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      expect(await cancelPayment(shopper, transactionId)).toMatchObject({ status: "cancelled" });
      const other = await createIntent(shopper, { orderId: order.id, gateway: "dummy" });
      const paid = await processPayment(shopper, {
        transactionId: other.transaction.transactionId,
      });
      expect(paid.kind).toBe("success");
      await deliver(standIn);
      expect(await statusOf(transaction)).toBe("cancelled");
      await expect(processPayment(shopper, { transactionId })).rejects.toMatchObject({
        code: "invalid_transition",
      });
      await expectBooksToHold();
    });

    test("giving up what was paid meanwhile says that it is paid", async () => {
      const { transaction } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      await standIn.act({ act: "pay", transaction: transactionId });
      const after = await cancelPayment(shopper, transactionId);
      const captured = await capturedThere(standIn, transactionId);
      // Where the shop takes the money itself it simply does not; elsewhere it is taken already.
      expect([after.status, captured.length]).toEqual(
        captured.length === 1 ? ["success", 1] : ["cancelled", 0],
      );
      await deliver(standIn);
      expect(await capturedThere(standIn, transactionId)).toEqual(captured);
      await expectBooksToHold();
    });

    test("is not given up while it is carried on for the shopper who has paid", async () => {
      const { transaction } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      await standIn.act({ act: "pay", transaction: transactionId });
      const adapter = findGateway(gateway)!;
      const look = adapter.lookupCharge;
      const slowly = vi.spyOn(adapter, "lookupCharge").mockImplementation(async (...asked) => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        return look(...asked);
      });
      const paying = processPayment(shopper, { transactionId });
      await expect.poll(() => slowly.mock.calls.length).toBe(1);
      const givenUp = await cancelPayment(shopper, transactionId);
      expect((await paying).kind).toBe("success");
      expect(givenUp.status).not.toBe("cancelled");
      await expectBooksToHold();
    });

    test("money for an order that is paid otherwise is excess, and nothing more is taken", async () => {
      const { transaction, order } = await anIntentHere();
      const other = await createIntent(shopper, { orderId: order.id, gateway: "dummy" });
      await processPayment(shopper, { transactionId: other.transaction.transactionId });
      await standIn
        .act({ act: "pay", transaction: transaction.transactionId })
        .catch(() => undefined);
      await deliver(standIn);
      const captured = await capturedThere(standIn, transaction.transactionId);
      const row = await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
      expect([row.status, row.excessCapture]).toEqual(
        captured.length === 1 ? ["success", true] : ["cancelled", false],
      );
      await expectBooksToHold();
    });

    test("a shopper who has gone leaves no order claimed for ever", async () => {
      const { transaction } = await anIntentHere();
      await processPayment(shopper, { transactionId: transaction.transactionId });
      const operation = await db().operation.findFirstOrThrow({
        where: { transactionPk: transaction.id },
      });
      await db().$executeRaw`
      UPDATE operations SET created_at = now() - interval '61 minutes' WHERE id = ${operation.id}::uuid`;
      await checkOperation(operation.id, { kind: "system", name: "janitor" });
      expect(await db().transaction.findUnique({ where: { id: transaction.id } })).toMatchObject({
        status: "failed",
        errorCode: "payment_expired",
      });
    });

    test("parts and the rest are refunded, and no more than was paid", async () => {
      const admin = await aViewer("admin");
      const { transaction } = await anIntentHere();
      const { transactionId } = transaction;
      await processPayment(shopper, { transactionId });
      await standIn.act({ act: "pay", transaction: transactionId });
      await processPayment(shopper, { transactionId });
      const capabilities = findGateway(gateway)?.capabilities;
      if (capabilities?.partialRefund) {
        await refundTransaction(admin, { transactionId, amount: "50.00" });
        await deliver(standIn);
      }
      await refundTransaction(admin, { transactionId });
      await deliver(standIn);
      await getTransaction(admin, transactionId);
      await expect(
        refundTransaction(admin, { transactionId, amount: "0.01" }),
      ).rejects.toMatchObject({
        code: "amount_exceeds_refundable",
      });
      const { rows } = await standIn.world.pool.query<{ total: string }>(
        `SELECT COALESCE(sum(r.amount_minor), 0) AS total FROM sandbox.objects r
       JOIN sandbox.objects c ON c.gateway = r.gateway AND c.role = 'charge' AND c.charge_id = r.charge_id
       WHERE r.gateway = $1 AND r.role = 'refund' AND r.state <> 'failed' AND c.merchant_reference = $2`,
        [gateway, transactionId],
      );
      expect(rows[0]?.total).toBe("15000");
      await expectBooksToHold();
    });

    test("a gateway that cannot be reached leaves the order to the next one, as nothing was charged", async () => {
      const order = await anOrder(shopper);
      await db().paymentConfiguration.updateMany({
        where: { gateway: "dummy" },
        data: { priority: 200 },
      });
      standIn.server.close();
      try {
        await expect(createIntent(shopper, { orderId: order.id, gateway })).rejects.toMatchObject({
          code: "gateway_unreachable",
        });
        const chosen = await createIntent(shopper, { orderId: order.id });
        expect(chosen.transaction.gateway).toBe("dummy");
        const paid = await processPayment(shopper, {
          transactionId: chosen.transaction.transactionId,
        });
        expect(paid.kind).toBe("success");
      } finally {
        await standIn.stop();
        standIn = await TestStandIn.start(made);
      }
    });
  },
);
