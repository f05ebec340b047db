import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getEnv } from "../env.ts";
import { aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { refundTransaction } from "../payments/refund-transaction.ts";
import { raiseCase } from "./cases.ts";
import { db, inTransaction } from "./client.ts";
import { countViolations } from "./count-violations.ts";
import { makeTables } from "../../sandbox/tables.ts";
import { sandboxInvariants } from "./sandbox-invariants.ts";

const pool = new pg.Pool({ connectionString: getEnv().DATABASE_URL, max: 2 });

/** Every test leaves the books as they were, so that the next starts clean. */
async function run(statement: string, values: unknown[] = []): Promise<void> {
  await pool.query(statement, values);
}

/** What each rule finds wrong. */
async function found(): Promise<Record<string, number>> {
  const client = await pool.connect();
  try {
    const results = await countViolations(client, sandboxInvariants);
    for (const { failure } of results) expect(failure).toBeUndefined();
    return Object.fromEntries(
      results.filter(({ violations }) => violations > 0).map((one) => [one.id, one.violations]),
    );
  } finally {
    client.release();
  }
}

type BookEntry = {
  role: "charge" | "refund";
  id: string;
  state?: string;
  reference: string;
  charge: string;
  amount: bigint;
  captured?: bigint;
  refunded?: bigint;
};

const book = ({ role, id, state = "succeeded", reference, charge, ...amounts }: BookEntry) =>
  run(
    `INSERT INTO sandbox.objects (gateway, kind, id, data, role, state, merchant_reference, charge_id,
       amount_minor, captured_minor, refunded_minor, currency, created_at)
     VALUES ('stripe', $1, $2, '{}', $1, $3, $4, $5, $6, $7, $8, 'USD', now())`,
    [
      role,
      id,
      state,
      reference,
      charge,
      amounts.amount,
      amounts.captured ?? 0n,
      amounts.refunded ?? 0n,
    ],
  );
const unbook = (id: string) => run("DELETE FROM sandbox.objects WHERE id = $1", [id]);
const newId = (prefix: string) => `${prefix}_${randomBytes(6).toString("hex")}`;

/** A payment that was made by the dummy gateway, as if it had been made by Stripe, in both books. */
async function aPayment() {
  const { id, transactionId, amountMinor: amount } = await aProcessedTransaction(await aViewer());
  const charge = newId("pi");
  await db().transaction.update({
    where: { id },
    data: { gateway: "stripe", gatewayTransactionId: charge },
  });
  await book({
    role: "charge",
    id: charge,
    reference: transactionId,
    charge,
    amount,
    captured: amount,
  });
  return { pk: id, transactionId, charge, amount };
}

/** A refund of 10.00 of such a payment, in both books. */
async function aRefund() {
  const { id: pk, transactionId } = await aProcessedTransaction(await aViewer());
  const admin = await aViewer("admin");
  const { refundId } = await refundTransaction(admin, { transactionId, amount: "10.00" }).then(() =>
    db().refund.findFirstOrThrow({ where: { transactionPk: pk } }),
  );
  const charge = newId("pi");
  const refund = newId("re");
  await db().transaction.update({
    where: { id: pk },
    data: { gateway: "stripe", gatewayTransactionId: charge },
  });
  await db().refund.update({ where: { refundId }, data: { gatewayRefundId: refund } });
  const captured = 15_000n;
  const common = { reference: transactionId, charge, amount: captured, captured };
  await book({ role: "charge", id: charge, ...common, refunded: 1_000n });
  await book({ role: "refund", id: refund, reference: refundId, charge, amount: 1_000n });
  return { pk, transactionId, charge, refund, refundId };
}

beforeAll(() => makeTables(pool));
afterAll(() => pool.end());
beforeEach(async () => {
  expect(await found()).toEqual({});
});

describe("charges", () => {
  test("one that is as here, and a refund that is as here, are as they must be", async () => {
    await aPayment();
    await aRefund();
    expect(await found()).toEqual({});
  });

  test("one that is doubled is found, whatever is open about it", async () => {
    const { transactionId, amount } = await aPayment();
    const id = newId("pi");
    await book({
      role: "charge",
      id,
      reference: transactionId,
      charge: id,
      amount,
      captured: amount,
    });
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "missing_here", subject: id, transactionId }),
    );
    expect(await found()).toEqual({ I16d: 1 });
    await unbook(id);
    await run("DELETE FROM cases");
  });

  test("one that is there and not here is found, unless a person was told of it", async () => {
    const id = newId("pi");
    const reference = "TXN-0123456789AB";
    await book({ role: "charge", id, reference, charge: id, amount: 500n, captured: 500n });
    expect(await found()).toEqual({ I16e: 1 });
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "missing_here", subject: id, gateway: "stripe" }),
    );
    expect(await found()).toEqual({});
    await unbook(id);
    await run("DELETE FROM cases");
  });

  test("one that the gateway is about to tell of is given the time", async () => {
    const id = newId("pi");
    const reference = "TXN-0123456789AC";
    await book({ role: "charge", id, reference, charge: id, amount: 500n, captured: 500n });
    await run(
      "INSERT INTO sandbox.events (gateway, id, type, payload) VALUES ('stripe', 'evt_1', 'x', $1)",
      [JSON.stringify({ data: { id } })],
    );
    expect(await found()).toEqual({});
    await run("UPDATE sandbox.events SET created_at = now() - interval '1 hour'");
    expect(await found()).toEqual({ I16e: 1 });
    await unbook(id);
    await run("DELETE FROM sandbox.events");
  });

  test("one that is here only, or with another amount or id there, is found", async () => {
    const { charge } = await aPayment();
    const change = (set: string) =>
      run(`UPDATE sandbox.objects SET ${set} WHERE id = $1`, [charge]);
    await change("captured_minor = captured_minor - 1");
    expect(await found()).toEqual({ I16e: 1 });
    await change("captured_minor = captured_minor + 1, charge_id = 'pi_other'");
    expect(await found()).toEqual({ I16e: 1 });
    await change(`charge_id = '${charge}', gateway = 'paypal'`);
    // There is one at PayPal that is none of ours, and ours is not at Stripe.
    expect(await found()).toEqual({ I16e: 2 });
    await change("gateway = 'stripe', captured_minor = 0");
    expect(await found()).toEqual({ I16e: 1 });
    await change("captured_minor = amount_minor");
  });
});

describe("refunds", () => {
  test("one that is there and not here is found", async () => {
    const { charge } = await aPayment();
    const id = newId("re");
    await book({ role: "refund", id, reference: "", charge, amount: 700n });
    await run("UPDATE sandbox.objects SET refunded_minor = 700 WHERE id = $1", [charge]);
    expect(await found()).toEqual({ I16f: 1 });
    await unbook(id);
    await run("UPDATE sandbox.objects SET refunded_minor = 0 WHERE id = $1", [charge]);
  });

  test("one that failed there, or is of another amount there, is found", async () => {
    const { charge, refund } = await aRefund();
    await run("UPDATE sandbox.objects SET state = 'failed' WHERE id = $1", [refund]);
    await run("UPDATE sandbox.objects SET refunded_minor = 0 WHERE id = $1", [charge]);
    expect(await found()).toEqual({ I16f: 1 });
    await run("UPDATE sandbox.objects SET state = 'succeeded', amount_minor = 999 WHERE id = $1", [
      refund,
    ]);
    await run("UPDATE sandbox.objects SET refunded_minor = 999 WHERE id = $1", [charge]);
    expect(await found()).toEqual({ I16f: 1 });
    await run("UPDATE sandbox.objects SET amount_minor = 1000 WHERE id = $1", [refund]);
    await run("UPDATE sandbox.objects SET refunded_minor = 1000 WHERE id = $1", [charge]);
  });

  test("one that waits there and failed here is found", async () => {
    const { refundId, refund, charge } = await aRefund();
    await run("UPDATE sandbox.objects SET state = 'pending' WHERE id = $1", [refund]);
    await db().refund.update({ where: { refundId }, data: { status: "failed" } });
    expect(await found()).toEqual({ I16f: 1 });
    await unbook(refund);
    await run("UPDATE sandbox.objects SET refunded_minor = 0 WHERE id = $1", [charge]);
    expect(await found()).toEqual({});
  });

  test("sums that are not the refunds', or more than was taken, are found, whoever was told", async () => {
    const { charge, transactionId } = await aRefund();
    await run("UPDATE sandbox.objects SET refunded_minor = 2000 WHERE id = $1", [charge]);
    expect(await found()).toEqual({ I16g: 1 });
    const id = newId("re");
    await book({ role: "refund", id, reference: "", charge, amount: 14_001n });
    await run("UPDATE sandbox.objects SET refunded_minor = 15001 WHERE id = $1", [charge]);
    await inTransaction((tx) =>
      raiseCase(tx, { kind: "amount_differs", subject: id, transactionId }),
    );
    expect(await found()).toEqual({ I16g: 1 });
    await unbook(id);
    await run("UPDATE sandbox.objects SET refunded_minor = 1000 WHERE id = $1", [charge]);
    await run("DELETE FROM cases");
  });
});

test("a database without a sandbox is held against the other rules alone", async () => {
  const client = await pool.connect();
  const ids = async () => (await countViolations(client)).map(({ id }) => id);
  expect(await ids()).toContain("I16g");
  await client.query("DROP SCHEMA sandbox CASCADE");
  expect(await ids()).toContain("I16c");
  expect(await ids()).not.toContain("I16g");
  client.release();
});
