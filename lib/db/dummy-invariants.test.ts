import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { beforeEach, describe, expect, test } from "vitest";
import { getEnv } from "../env.ts";
import { aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { refundTransaction } from "../payments/refund-transaction.ts";
import { raiseCase } from "./cases.ts";
import { db, inTransaction } from "./client.ts";
import { countViolations } from "./count-violations.ts";
import { dummyInvariants } from "./dummy-invariants.ts";
import { bookRefund, endRefund } from "./dummy-refunds.ts";

/** What each rule finds wrong. */
async function found(): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    const results = await countViolations(client, dummyInvariants);
    for (const { failure } of results) expect(failure).toBeUndefined();
    return Object.fromEntries(
      results.filter(({ violations }) => violations > 0).map((one) => [one.id, one.violations]),
    );
  } finally {
    await client.end();
  }
}

const aPayment = async () => aProcessedTransaction(await aViewer());
const inDashboard = (chargeReference: string, amountMinor = 1000n) =>
  bookRefund({
    idempotencyKey: randomUUID(),
    merchantReference: "",
    chargeReference,
    amountMinor,
    pendingMs: null,
  });
const bookAlone = (over: Record<string, unknown> = {}) =>
  db().dummyCharge.create({
    data: {
      reference: `dch_${randomBytes(6).toString("hex")}`,
      idempotencyKey: randomUUID(),
      merchantReference: "TXN-000000000000",
      state: "succeeded",
      amountMinor: 500n,
      capturedMinor: 500n,
      currency: "USD",
      ...over,
    },
  });

beforeEach(async () => {
  expect(await found()).toEqual({});
  await aPayment();
});

/** Every test leaves the books as they were, so that the next starts clean. */
async function undo(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

describe("charges", () => {
  test("a payment and its refunds agree with the gateway's book", async () => {
    const admin = await aViewer("admin");
    const { transactionId } = await aPayment();
    await refundTransaction(admin, { transactionId, amount: "10.00" });
    expect(await found()).toEqual({});
  });

  test("one that is there and not here is found, unless a person was told of it", async () => {
    const { reference } = await bookAlone();
    expect(await found()).toEqual({ I16b: 1 });
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "missing_here", subject: reference, gateway: "dummy" }),
    );
    expect(await found()).toEqual({});
    // A case that is closed tells nobody any more.
    await undo(
      `UPDATE cases SET status = 'resolved', resolution = 'dismissed', resolved_at = now()`,
    );
    expect(await found()).toEqual({ I16b: 1 });
    await undo(`DELETE FROM dummy_charges WHERE reference = '${reference}'`, "DELETE FROM cases");
  });

  test("one that the worker has yet to read of is given the time", async () => {
    const { reference } = await bookAlone();
    const { configurationId } = await db().transaction.findFirstOrThrow();
    await db().webhookEvent.create({
      data: {
        gateway: "dummy",
        configurationId,
        eventId: "evt_1",
        bodySha256: randomBytes(32),
        body: Buffer.from(JSON.stringify({ data: { reference } })),
      },
    });
    expect(await found()).toEqual({});
    await undo("UPDATE webhook_events SET state = 'processed', settled_at = now()");
    expect(await found()).toEqual({ I16b: 1 });
    await undo(
      `DELETE FROM dummy_charges WHERE reference = '${reference}'`,
      "DELETE FROM webhook_events",
    );
  });

  test("another amount there is found, and so is a charge that is here only", async () => {
    const { gatewayTransactionId: reference } = await aPayment();
    const where = `WHERE reference = '${reference}'`;
    await undo(`UPDATE dummy_charges SET captured_minor = captured_minor - 1 ${where}`);
    expect(await found()).toEqual({ I16b: 1 });
    await undo(`UPDATE dummy_charges SET captured_minor = captured_minor + 1 ${where}`);
    await undo(`UPDATE dummy_charges SET state = 'voided', captured_minor = 0 ${where}`);
    expect(await found()).toEqual({ I16b: 1 });
    await undo(
      `UPDATE dummy_charges SET state = 'succeeded', captured_minor = amount_minor ${where}`,
    );
  });

  test("a doubled charge is found whatever is open about it", async () => {
    const { transactionId } = await aPayment();
    const { reference } = await bookAlone({ merchantReference: transactionId });
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "missing_here", subject: reference, transactionId }),
    );
    expect(await found()).toEqual({ I16a: 1 });
    await undo(`DELETE FROM dummy_charges WHERE reference = '${reference}'`, "DELETE FROM cases");
  });
});

describe("refunds", () => {
  test("one of the gateway's dashboard is found until it is here", async () => {
    const { gatewayTransactionId } = await aPayment();
    const refund = await inDashboard(gatewayTransactionId!);
    expect(await found()).toEqual({ I16c: 1 });
    // It is on its way to us.
    await undo(`INSERT INTO dummy_events (event_id, type, payload)
                VALUES ('evt_2', 'refund.succeeded', '{"reference": "${refund!.reference}"}')`);
    expect(await found()).toEqual({});
    await undo("UPDATE dummy_events SET created_at = now() - interval '1 hour'");
    expect(await found()).toEqual({ I16c: 1 });
    await endRefund(refund!.reference, "failed");
    expect(await found()).toEqual({});
  });

  test("two equal ones of the dashboard are two", async () => {
    const { id, gatewayTransactionId } = await aPayment();
    const [first] = [
      await inDashboard(gatewayTransactionId!),
      await inDashboard(gatewayTransactionId!),
    ];
    expect(await found()).toEqual({ I16c: 2 });
    await db().refund.create({
      data: {
        refundId: `REF-${randomBytes(6).toString("hex").toUpperCase()}`,
        transactionPk: id,
        amountMinor: 1000n,
        currency: "USD",
        status: "pending",
        source: "gateway",
        gatewayRefundId: first!.reference,
      },
    });
    expect(await found()).toEqual({ I16c: 1 });
    await undo(
      "DELETE FROM refunds WHERE source = 'gateway'",
      "UPDATE dummy_refunds SET state = 'failed' WHERE merchant_reference = ''",
      `UPDATE dummy_charges SET refunded_minor = 0 WHERE reference = '${gatewayTransactionId}'`,
    );
  });

  test("one that failed there and is done here is found", async () => {
    const { transactionId } = await aPayment();
    await refundTransaction(await aViewer("admin"), { transactionId, amount: "10.00" });
    const refund = await db().dummyRefund.findFirstOrThrow({
      where: { charge: { merchantReference: transactionId } },
    });
    await endRefund(refund.reference, "failed");
    expect(await found()).toEqual({ I16c: 1 });
    await undo(
      `UPDATE dummy_refunds SET state = 'succeeded' WHERE reference = '${refund.reference}'`,
      `UPDATE dummy_charges SET refunded_minor = 1000 WHERE reference = '${refund.chargeReference}'`,
    );
  });

  test("more given back there than was taken is found, even where a person was told", async () => {
    const { transactionId, gatewayTransactionId: reference } = await aPayment();
    await undo(
      `INSERT INTO dummy_refunds (reference, idempotency_key, merchant_reference, charge_reference, amount_minor, state)
       VALUES ('drf_x', 'x', '', '${reference}', 15001, 'succeeded')`,
      `UPDATE dummy_charges SET refunded_minor = 15001 WHERE reference = '${reference}'`,
    );
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "amount_differs", subject: "drf_x", transactionId }),
    );
    expect(await found()).toEqual({ I16c: 1 });
    await undo(
      "DELETE FROM dummy_refunds WHERE reference = 'drf_x'",
      `UPDATE dummy_charges SET refunded_minor = 0 WHERE reference = '${reference}'`,
      "DELETE FROM cases",
    );
  });
});
