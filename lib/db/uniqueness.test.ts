import pg from "pg";
import { expect, test } from "vitest";
import { getEnv } from "../env.ts";
import { refundTransaction } from "../payments/refund-transaction.ts";
import { aProcessedTransaction, aViewer } from "../testing/builders.ts";

/** Copies a row with some columns changed, past the triggers: only constraints and indexes are asked. */
async function copyRow(
  table: "transactions" | "operations",
  where: Record<"column" | "value", string | number>,
  changes: Record<string, unknown>,
): Promise<string> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    const name = client.escapeIdentifier(table);
    const column = client.escapeIdentifier(String(where.column));
    await client.query(
      `INSERT INTO ${name} SELECT (jsonb_populate_record(t, $1)).* FROM ${name} t WHERE ${column} = $2`,
      [changes, where.value],
    );
    return "it was taken";
  } catch (error) {
    return (error as pg.DatabaseError).constraint ?? String(error);
  } finally {
    await client.end();
  }
}

const nextPk = 900_000;
const another = { id: nextPk, transaction_id: "TXN-AAAAAAAAAAAA", gateway_transaction_id: "other" };

test("an order that is paid takes no other payment that is paid or under way", async () => {
  const { id } = await aProcessedTransaction(await aViewer());
  expect(await copyRow("transactions", { column: "id", value: id }, another)).toBe(
    "transactions_one_in_flight_or_paid",
  );
});

test("an order whose payment was given back whole keeps no second capture either", async () => {
  const { id, transactionId } = await aProcessedTransaction(await aViewer());
  await refundTransaction(await aViewer("admin"), { transactionId });
  expect(await copyRow("transactions", { column: "id", value: id }, another)).toBe(
    "transactions_one_kept_capture",
  );
});

test("a payment has one charge that is not known, and one that succeeded", async () => {
  const { id } = await aProcessedTransaction(await aViewer());
  const where = { column: "transaction_pk", value: id };
  const copy = { id: crypto.randomUUID(), gateway_key: crypto.randomUUID() };
  expect(await copyRow("operations", where, copy)).toBe("operations_one_succeeded_charge");
  const open = { state: "unknown", settled_at: null };
  // The first is taken: nothing open was there. The second is not.
  expect(await copyRow("operations", where, { ...copy, ...open })).toBe("it was taken");
  const second = { id: crypto.randomUUID(), gateway_key: crypto.randomUUID(), ...open };
  expect(await copyRow("operations", { column: "id", value: copy.id }, second)).toBe(
    "operations_one_open_charge",
  );
});
