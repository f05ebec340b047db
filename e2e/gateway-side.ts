import { expect } from "@playwright/test";
import pg from "pg";
import { call } from "./shop.ts";

// The far side of the dummy gateway: what happens there by itself, and what no API can make.

const sandboxUrl = process.env.SANDBOX_URL ?? "http://127.0.0.1:8010";

/** Makes something happen at the gateway, such as a refund in its own dashboard. */
export async function act(act: Record<string, string>): Promise<void> {
  const response = await fetch(`${sandboxUrl}/dummy/acts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(act),
  });
  expect(response.status, await response.text()).toBe(200);
}

/** One statement on the database of the shop and of the dummy gateway's book. */
export async function sql(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query(text, values);
  } finally {
    await client.end();
  }
}

type Case = { id: number; kind: string; status: string };

/** The open cases about a transaction. */
export async function casesOf(transactionId: string): Promise<Case[]> {
  const path = `/api/payment/cases/?status=open&transaction_id=${transactionId}`;
  return (await call<Case[]>("admin", path)).body;
}

/** Waits until what the gateway told is a case of that kind. */
export async function untilCase(transactionId: string, kind: string): Promise<void> {
  await expect
    .poll(async () => (await casesOf(transactionId)).map((one) => one.kind), { timeout: 20_000 })
    .toContain(kind);
}

/** A paid order with a dispute that has reached us. */
export async function aDispute(transactionId: string, amount: string): Promise<void> {
  await act({
    act: "open_dispute",
    transaction: transactionId,
    amount,
    reason: "product_not_received",
  });
  await untilCase(transactionId, "dispute_open");
}

/** What a gateway's own book says; amounts in the currency's minor units. */
type Book = {
  charges: {
    reference: string;
    merchant_reference: string;
    captured_minor: string;
    refunded_minor: string;
    currency: string;
  }[];
  refunds: { reference: string; charge_reference: string; amount_minor: string }[];
};

export async function bookOf(gateway: string): Promise<Book> {
  const response = await fetch(`${sandboxUrl}/${gateway}/book`);
  expect(response.status).toBe(200);
  return (await response.json()) as Book;
}

/** The tables, of the shop and of the gateways, in which a text stands anywhere. */
export async function placesOf(text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rowCount } = await client.query(
        `SELECT 1 FROM ${name} AS one WHERE position($1 IN one::text) > 0 LIMIT 1`,
        [text],
      );
      if (rowCount !== 0) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}
