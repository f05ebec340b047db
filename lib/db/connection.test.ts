import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseProxy } from "../../scripts/faults/database-proxy.ts";
import { isPaymentError } from "../domain/errors.ts";
import { db, inTransaction, isDatabaseUnavailable, withOwnConnection } from "./client.ts";

let proxy: DatabaseProxy;

// Before anything asks for the settings or the pool, which are made once a process.
beforeAll(async () => {
  const url = new URL(process.env["DATABASE_URL"] ?? "");
  proxy = await DatabaseProxy.start(Number(url.port));
  url.port = String(proxy.port);
  process.env["DATABASE_URL"] = url.href;
});

afterAll(async () => {
  await proxy.stop();
});

const read = (): Promise<unknown> => db().$queryRaw`SELECT 1`;
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
const readMany = (): Promise<unknown[]> => Promise.all(Array.from({ length: 15 }, read));

describe("a database whose packets are swallowed", () => {
  it("fails whoever waits as unavailable within ten seconds, and heals at once when it is back", async () => {
    await readMany();
    proxy.change({ blackHole: true });
    const startedAt = performance.now();
    const failures = await Promise.all([
      failure(read()),
      failure(inTransaction((tx) => tx.$queryRaw`SELECT 1`)),
      failure(db().user.findFirst()),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    for (const error of failures) expect(isDatabaseUnavailable(error)).toBe(true);
    proxy.heal();
    const healedFrom = performance.now();
    // The connections that nobody used meanwhile are gone too.
    for (let count = 0; count < 30; count += 1) await read();
    expect(performance.now() - healedFrom).toBeLessThan(2_000);
  });
});

describe("a database whose connections are cut", () => {
  it.each([
    ["a raw read", () => db().$queryRaw`SELECT pg_sleep(1)`],
    ["a raw write", () => db().$executeRaw`SELECT pg_sleep(1)`],
    ["a transaction", () => inTransaction((tx) => tx.$executeRaw`SELECT pg_sleep(1)`)],
  ])("fails %s as unavailable, never as a bug", async (_name, work) => {
    await readMany();
    const failed = failure(work());
    await sleep(200);
    proxy.cutAll();
    expect(isDatabaseUnavailable(await failed)).toBe(true);
    // As soon as this process has heard of the other ends, too.
    await sleep(100);
    await readMany();
  });
});

describe("transactions that hinder each other", () => {
  async function withTable(work: () => Promise<void>): Promise<void> {
    await db().$executeRaw`CREATE TABLE pairs (id int PRIMARY KEY, n int NOT NULL)`;
    await db().$executeRaw`INSERT INTO pairs VALUES (1, 0), (2, 0)`;
    try {
      await work();
    } finally {
      await db().$executeRaw`DROP TABLE pairs`;
    }
  }

  it("are done over after a deadlock, and both are carried out once", async () => {
    await withTable(async () => {
      let tries = 0;
      const both = (first: number, second: number): Promise<void> =>
        inTransaction(async (tx) => {
          tries += 1;
          await tx.$executeRaw`UPDATE pairs SET n = n + 1 WHERE id = ${first}`;
          await sleep(300);
          await tx.$executeRaw`UPDATE pairs SET n = n + 1 WHERE id = ${second}`;
        });
      await Promise.all([both(1, 2), both(2, 1)]);
      expect(tries).toBeGreaterThan(2);
      expect(await db().$queryRaw`SELECT n FROM pairs ORDER BY id`).toEqual([{ n: 2 }, { n: 2 }]);
    });
  });

  it("are told to come again when they fail for ever, and never as a bug", async () => {
    let tries = 0;
    const error = await failure(
      inTransaction(async (tx) => {
        tries += 1;
        await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$`;
      }),
    );
    expect(tries).toBe(4);
    expect(isPaymentError(error) && error.code).toBe("service_unavailable");
  });

  it("wait no longer than four seconds for a row that somebody holds", async () => {
    await withTable(async () => {
      const holder = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
      await holder.connect();
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM pairs WHERE id = 1 FOR UPDATE");
      const startedAt = performance.now();
      const error = await failure(
        inTransaction((tx) => tx.$queryRaw`SELECT 1 FROM pairs WHERE id = 1 FOR UPDATE`),
      );
      await holder.end();
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(isDatabaseUnavailable(error)).toBe(true);
    });
  });

  it("are cut after five seconds, however long a statement would run", async () => {
    const startedAt = performance.now();
    const error = await failure(db().$queryRaw`SELECT pg_sleep(30)`);
    expect(performance.now() - startedAt).toBeLessThan(6_500);
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});

describe("a disk that is full", () => {
  it("is told as unavailable, never as a bug", async () => {
    const error = await failure(
      inTransaction(
        (tx) => tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$`,
      ),
    );
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});

describe("a check that reads whole tables", () => {
  it("gives up a database that falls silent two seconds after its own limit", async () => {
    const startedAt = performance.now();
    const error = await failure(
      withOwnConnection(1_000, async (client) => {
        await client.query("SELECT 1");
        proxy.change({ blackHole: true });
        await client.query("SELECT 1");
      }),
    );
    proxy.heal();
    expect(error).toBeInstanceOf(Error);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });
});
