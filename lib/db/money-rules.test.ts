import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { nextDisputeStatuses, nextRefundStatuses, nextStatuses } from "../domain/payment.ts";
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
    ...Object.entries(nextDisputeStatuses).flatMap(([from, to]) =>
      to.map((status) => `dispute ${from} ${status}`),
    ),
  ];
  expect(rows.rows.map((row) => row.move).sort()).toEqual(inCode.sort());
});

/** A copy of a row with some columns another; `id` columns get the next free number. */
const copyOf = (table: string, changes: Record<string, string>, where = "true"): string => {
  const names = Object.keys(changes);
  const record = `jsonb_build_object(${names.map((name) => `'${name}', ${changes[name]}`).join(", ")})`;
  return `INSERT INTO ${table} SELECT (jsonb_populate_record(original, ${record})).*
          FROM ${table} original WHERE ${where} LIMIT 1`;
};
const nextId = (table: string): string => `(SELECT max(id) + 1 FROM ${table})`;
const aPayment = "captured_minor > 0 AND refunded_minor = 0";
const aWebhook = (body: string, event: string): string =>
  `INSERT INTO webhook_events (gateway, configuration_id, event_id, body_sha256, body, received_at)
   SELECT 'dummy', id, '${event}', sha256('${body}'), '${body}', now() - interval '31 minutes'
   FROM payment_configurations LIMIT 1`;
const aDispute = (status: string): string =>
  `INSERT INTO disputes (dispute_id, transaction_pk, gateway, gateway_dispute_id, status, amount_minor, currency, updated_at)
   SELECT 'DSP-0123456789AB', id, gateway, 'dp_1', '${status}', 500, currency, now()
   FROM transactions WHERE ${aPayment} LIMIT 1`;

// What a hand with every right could do to the book, by the rule that finds it.
const corruptions: [string, string][] = [
  ["I1", "UPDATE refunds SET amount_minor = 999999 WHERE id = (SELECT max(id) FROM refunds)"],
  ["I2", copyOf("transactions", { id: nextId("transactions") }, aPayment)],
  ["I3", copyOf("transactions", { id: nextId("transactions"), status: "'processing'" }, aPayment)],
  ["I4", "UPDATE orders SET currency = 'EUR' WHERE status = 'paid'"],
  ["I5", "UPDATE transactions SET captured_minor = captured_minor - 1 WHERE captured_minor > 0"],
  [
    "I5b",
    "UPDATE transactions SET refunded_minor = refunded_minor + 1 WHERE id = (SELECT max(transaction_pk) FROM refunds)",
  ],
  [
    "I6",
    "UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE id = (SELECT max(id) FROM ledger_entries)",
  ],
  ["I7", "DELETE FROM journals WHERE kind = 'capture'"],
  ["I8", "UPDATE ledger_entries SET amount_minor = amount_minor * 2"],
  ["I9", "UPDATE transactions SET status = 'success' WHERE status = 'partially_refunded'"],
  ["I10", "UPDATE transactions SET status = 'cancelled' WHERE status = 'pending'"],
  ["I11", "UPDATE audit_events SET from_status = 'pending' WHERE to_status = 'success'"],
  [
    "I12",
    `INSERT INTO audit_blocks (number, first_seq, last_seq, seqs, row_hashes, previous_hash, hash)
     VALUES (1, 1, 2, '{1,2}', '', 'a', 'b'), (2, 3, 4, '{3,4}', '', 'c', 'd')`,
  ],
  ["I13", "UPDATE transactions SET gateway_transaction_id = 'ch_1' WHERE captured_minor > 0"],
  [
    "I13b",
    copyOf(
      "refunds",
      { id: nextId("refunds"), refund_id: "'REF-000000000000'" },
      "gateway_refund_id IS NOT NULL",
    ),
  ],
  [
    "I14",
    copyOf(
      "operations",
      { id: "gen_random_uuid()", gateway_key: "'another'" },
      "kind = 'charge' AND state = 'succeeded'",
    ),
  ],
  [
    "I14b",
    copyOf("operations", { id: "gen_random_uuid()", gateway_key: "'another'" }, "kind = 'refund'"),
  ],
  ["I15", "UPDATE transactions SET status = 'processing' WHERE status = 'pending'"],
  [
    "I16a",
    "INSERT INTO dummy_charges (reference, idempotency_key, merchant_reference, state, amount_minor, currency) SELECT reference || 'x', idempotency_key || 'x', merchant_reference, state, amount_minor, currency FROM dummy_charges WHERE state = 'succeeded' LIMIT 1",
  ],
  ["I16b", "DELETE FROM dummy_charges WHERE state = 'succeeded' AND refunded_minor = 0"],
  ["I16c", "UPDATE dummy_refunds SET amount_minor = amount_minor + 1"],
  ["I17", aWebhook("body", "evt_1")],
  ["I17b", `${aWebhook("body", "evt_1")}; ${aWebhook("another", "evt_1")}`],
  [
    "I18",
    `INSERT INTO idempotency_keys (id, user_id, route, key, fingerprint, state)
     SELECT gen_random_uuid(), id, 'r', 'k', 'f', 'finished' FROM users LIMIT 1`,
  ],
  [
    "I18b",
    `INSERT INTO idempotency_keys (id, user_id, route, key, fingerprint, state, locked_at)
     SELECT gen_random_uuid(), id, 'r', 'k', 'f', 'running', now() + interval '1 year' FROM users LIMIT 1`,
  ],
  ["I19", "DELETE FROM outbox_messages"],
  ["I20", "UPDATE orders SET status = 'pending' WHERE status = 'paid'"],
  ["I20b", "UPDATE order_items SET quantity = quantity + 1"],
  ["I21", `UPDATE transactions SET metadata = '{"cvv": "123"}'`],
  ["I21b", "UPDATE refunds SET reason = 'customer paid with 4242424242424242'"],
  ["I22", "UPDATE payment_configurations SET wrapped_data_key = NULL, is_active = false"],
  [
    "O4",
    `DELETE FROM journals WHERE kind = 'refund'; DELETE FROM ledger_entries e
     WHERE NOT EXISTS (SELECT 1 FROM journals j WHERE j.id = e.journal_id)`,
  ],
  ["O4b", aDispute("lost")],
];

// A transaction that takes out whatever the database would refuse a corruption with.
const withoutRules = `DO $$
  DECLARE rule record;
  BEGIN
    FOR rule IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint
      WHERE contype = 'c' AND connamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', rule.owner, rule.conname); END LOOP;
    FOR rule IN SELECT indexrelid::regclass AS name FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace
    LOOP EXECUTE format('DROP INDEX %s', rule.name); END LOOP;
  END $$`;

describe("the money check fires on a corrupted book", () => {
  async function aBook(): Promise<void> {
    const { refundTransaction } = await import("../payments/refund-transaction.ts");
    const paid = await aProcessedTransaction(await aViewer());
    await refundTransaction(await aViewer("admin"), {
      transactionId: paid.transactionId,
      amount: "10.00",
    });
    await aProcessedTransaction(await aViewer());
    await anIntent(await aViewer());
  }

  test("there is a corruption for every rule", () => {
    const rules = [...new Set(bookRules.map(({ id }) => id))];
    expect(rules).toHaveLength(bookRules.length);
    expect(corruptions.map(([id]) => id).sort()).toEqual(rules.sort());
  });

  test.each(corruptions)("%s", async (id, corruption) => {
    await aBook();
    const rule = bookRules.filter((candidate) => candidate.id === id);
    const sql = rule[0]?.sql ?? "";
    await withClient(async (client) => {
      const count = async (): Promise<number> => (await client.query(sql)).rowCount ?? 0;
      await client.query("BEGIN");
      await client.query(withoutRules);
      await client.query("SET LOCAL session_replication_role = replica");
      const before = await count();
      await client.query(corruption);
      const after = await count();
      await client.query("ROLLBACK");
      expect(before).toBe(0);
      expect(after).toBeGreaterThan(0);
    });
  });

  test.each([
    ["needs_response", 500],
    ["lost", 500],
    ["won", 0],
  ])("O4b wants a dispute that is %s booked so", async (status, amount) => {
    await aBook();
    const sql = bookRules.find(({ id }) => id === "O4b")?.sql ?? "";
    const account = status === "lost" ? "dispute_losses" : "disputes_held";
    await withClient(async (client) => {
      const count = async (): Promise<number> => (await client.query(sql)).rowCount ?? 0;
      await client.query("BEGIN");
      await client.query("SET LOCAL session_replication_role = replica");
      await client.query(aDispute(status));
      expect(await count()).toBe(amount === 0 ? 0 : 1);
      await client.query(
        `WITH journal AS (
           INSERT INTO journals (id, kind, source_id, transaction_pk)
           SELECT gen_random_uuid(), 'dispute', dispute_id || '/1', transaction_pk FROM disputes RETURNING id)
         INSERT INTO ledger_entries (journal_id, account, amount_minor, currency)
         SELECT id, $1, 500, 'USD' FROM journal`,
        [account],
      );
      expect(await count()).toBe(amount === 0 ? 1 : 0);
      await client.query("ROLLBACK");
    });
  });

  test("a long number that is no card's is none", async () => {
    await aBook();
    const sql = bookRules.find(({ id }) => id === "I21b")?.sql ?? "";
    await withClient(async (client) => {
      await client.query("BEGIN");
      for (const text of ["4242424242424243", "1764000000000", "id4242424242424242", "4242 4242"]) {
        await client.query("UPDATE refunds SET reason = $1", [text]);
        expect((await client.query(sql)).rowCount, text).toBe(0);
      }
      for (const text of ["378282246310005", "6011111111111117", "x 5555555555554444."]) {
        await client.query("UPDATE refunds SET reason = $1", [text]);
        expect((await client.query(sql)).rowCount, text).toBeGreaterThan(0);
      }
      await client.query("ROLLBACK");
    });
  });

  test("and is silent on a sound one", async () => {
    await aBook();
    const results = await withClient((client) => countViolations(client));
    const told = results.filter(
      ({ violations, failure }) => violations > 0 || failure !== undefined,
    );
    expect(told).toEqual([]);
  });
});
