import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { nextRefundStatuses, nextStatuses } from "../domain/payment.ts";
import { getEnv } from "../env.ts";
import { anIntent, aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { db } from "./client.ts";
import { bookRules, countViolations } from "./count-violations.ts";

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe("the database refuses by itself", () => {
  test("a journal that does not balance", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const id = randomUUID();
    const unbalanced = db().$transaction([
      db().journal.create({
        data: { id, kind: "test", sourceId: id, transactionPk: transaction.id },
      }),
      db().ledgerEntry.create({
        data: { journalId: id, account: "sales", amountMinor: 1n, currency: "USD" },
      }),
    ]);
    await expect(unbalanced).rejects.toThrow(/does not balance/);
  });

  test("an illegal move", async () => {
    const { id } = await anIntent(await aViewer());
    await expect(
      withClient((client) =>
        client.query("UPDATE transactions SET status = 'refunded' WHERE id = $1", [id]),
      ),
    ).rejects.toThrow(/may not move from pending to refunded|transactions_status_agrees/);
  });

  test("another amount on a payment", async () => {
    const { id } = await anIntent(await aViewer());
    await expect(
      withClient((client) =>
        client.query("UPDATE transactions SET amount_minor = 1 WHERE id = $1", [id]),
      ),
    ).rejects.toThrow(/are fixed/);
  });

  test.each([
    "UPDATE audit_events SET reason = 'x'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
    "DELETE FROM ledger_entries",
    "UPDATE ledger_entries SET amount_minor = 0",
    "DELETE FROM journals",
  ])("%s", async (statement) => {
    await aProcessedTransaction(await aViewer());
    await expect(withClient((client) => client.query(statement))).rejects.toThrow(/append-only/);
  });
});

test("the table of legal moves in the database is the one in the code", async () => {
  const rows = await withClient((client) =>
    client.query<{ move: string }>(
      "SELECT entity || ' ' || from_status || ' ' || to_status AS move FROM status_moves",
    ),
  );
  const inCode = [
    ...Object.entries(nextStatuses).flatMap(([from, to]) =>
      to.map((status) => `transaction ${from} ${status}`),
    ),
    ...Object.entries(nextRefundStatuses).flatMap(([from, to]) =>
      to.map((status) => `refund ${from} ${status}`),
    ),
  ];
  expect(rows.rows.map((row) => row.move).sort()).toEqual(inCode.sort());
});

describe("the money check fires on a corrupted book", () => {
  // Constraints and triggers are off for these: the check must find what they would have kept out.
  test.each([
    ["I1", "UPDATE refunds SET amount_minor = 999999 WHERE id = (SELECT max(id) FROM refunds)"],
    [
      "I5b",
      "UPDATE transactions SET refunded_minor = refunded_minor + 1 WHERE id = (SELECT max(transaction_pk) FROM refunds)",
    ],
    [
      "I6",
      "UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE id = (SELECT max(id) FROM ledger_entries)",
    ],
    [
      "I7",
      "DELETE FROM journals WHERE kind = 'capture' AND id NOT IN (SELECT journal_id FROM ledger_entries WHERE false)",
    ],
    ["I9", "UPDATE transactions SET status = 'success' WHERE status = 'partially_refunded'"],
    ["I10", "UPDATE transactions SET status = 'cancelled' WHERE status = 'pending'"],
    ["I15", "UPDATE transactions SET status = 'processing' WHERE status = 'pending'"],
    [
      "I16a",
      "INSERT INTO dummy_charges (reference, idempotency_key, merchant_reference, state, amount_minor, currency) SELECT reference || 'x', idempotency_key || 'x', merchant_reference, state, amount_minor, currency FROM dummy_charges WHERE state = 'succeeded' LIMIT 1",
    ],
    ["I16b", "DELETE FROM dummy_charges WHERE state = 'succeeded' AND refunded_minor = 0"],
    ["I16c", "UPDATE dummy_refunds SET amount_minor = amount_minor + 1"],
    ["I19", "DELETE FROM outbox_messages"],
    ["I20", "UPDATE orders SET status = 'pending' WHERE status = 'paid'"],
    ["I20b", "UPDATE order_items SET quantity = quantity + 1"],
    ["I21", `UPDATE transactions SET metadata = '{"cvv": "123"}'`],
    ["I22", "UPDATE payment_configurations SET wrapped_data_key = NULL, is_active = false"],
  ])("%s", async (id, corruption) => {
    const { refundTransaction } = await import("../payments/refund-transaction.ts");
    const paid = await aProcessedTransaction(await aViewer());
    await refundTransaction(await aViewer("admin"), {
      transactionId: paid.transactionId,
      amount: "10.00",
    });
    await aProcessedTransaction(await aViewer());
    await anIntent(await aViewer());
    const invariant = bookRules.find((candidate) => candidate.id === id);
    expect(invariant).toBeDefined();
    await withClient(async (client) => {
      const count = async (): Promise<number> =>
        (await client.query(invariant?.sql ?? "SELECT 1")).rowCount ?? 0;
      await client.query("BEGIN");
      await client.query("ALTER TABLE transactions DROP CONSTRAINT transactions_status_agrees");
      await client.query(
        "ALTER TABLE transactions DROP CONSTRAINT transactions_refunds_within_capture",
      );
      await client.query(
        "ALTER TABLE payment_configurations DROP CONSTRAINT configurations_secret_whole",
      );
      await client.query("SET LOCAL session_replication_role = replica");
      const before = await count();
      await client.query(corruption);
      const after = await count();
      await client.query("ROLLBACK");
      expect(after).toBeGreaterThan(before);
    });
  });

  test("and is silent on a sound one", async () => {
    await aProcessedTransaction(await aViewer());
    const results = await withClient(countViolations);
    const silent = results.filter((result) => result.violations > 0).map((result) => result.id);
    expect(silent).toEqual([]);
  });
});
