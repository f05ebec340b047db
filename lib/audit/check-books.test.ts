import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { selectCases } from "../db/cases.ts";
import { countViolations } from "../db/count-violations.ts";
import { db } from "../db/client.ts";
import { getEnv } from "../env.ts";
import { checkHealth, viewHealth } from "../http/health.ts";
import { forgetProcessGlobal } from "../testing/api.ts";
import { anIntent, aViewer } from "../testing/builders.ts";
import { checkBooks } from "./check-books.ts";
import { sealAudit } from "./seal-audit.ts";

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function corrupt(statement: string): Promise<void> {
  await withClient(async (client) => {
    await client.query("SET session_replication_role = replica");
    await client.query(statement);
  });
}

const openAlerts = async () =>
  (await selectCases({ limit: 100, status: "open" })).map(({ caseKey, evidence }) => ({
    caseKey,
    evidence,
  }));

async function books(): Promise<{ status: string; books: string }> {
  forgetProcessGlobal("health-answer");
  const checks = await checkHealth();
  return { status: viewHealth({ ...checks, worker: "ok" }).status, books: checks.books };
}

describe("checking the books", () => {
  afterEach(() => forgetProcessGlobal("health-answer"));

  test("health does not know of books that were never checked, and knows of sound ones", async () => {
    expect(await books()).toEqual({ status: "ok", books: "unknown" });
    await anIntent(await aViewer());
    await sealAudit();
    expect((await checkBooks()).violated).toEqual([]);
    expect(await books()).toEqual({ status: "ok", books: "ok" });
    const row = await db().auditEvent.findFirst({
      where: { entity: "books" },
      orderBy: { seq: "desc" },
    });
    expect(row?.after).toMatchObject({ violated: [] });
    await corrupt("UPDATE audit_events SET at = at - interval '3 hours' WHERE entity = 'books'");
    expect(await books()).toEqual({ status: "ok", books: "unknown" });
    await corrupt("UPDATE audit_events SET at = at + interval '3 hours' WHERE entity = 'books'");
  });

  test("a broken rule is one alert with its evidence, degrades health, and is cleared when it holds", async () => {
    const { orderId } = await anIntent(await aViewer());
    const { orderNumber } = await db().order.findUniqueOrThrow({ where: { id: orderId } });
    await corrupt(`UPDATE order_items SET quantity = 2 WHERE order_id = ${orderId}`);
    await checkBooks();
    await checkBooks();
    expect(await openAlerts()).toEqual([
      {
        caseKey: "invariant_violated:I20b",
        evidence: {
          rule: "an order's amount is the sum of its lines",
          count: 1,
          examples: [orderNumber],
        },
      },
    ]);
    expect(await books()).toEqual({ status: "degraded", books: "violated" });
    await corrupt(`UPDATE order_items SET quantity = 1 WHERE order_id = ${orderId}`);
    await checkBooks();
    expect(await openAlerts()).toEqual([]);
    expect(await books()).toEqual({ status: "ok", books: "ok" });
    const [last] = await selectCases({ limit: 1, kinds: ["invariant_violated"] });
    expect(last).toMatchObject({ status: "resolved", resolution: "cleared" });
  });

  test("a broken audit is an alert; one about an old block stays until that block is whole again", async () => {
    await anIntent(await aViewer());
    await sealAudit();
    await corrupt("UPDATE audit_blocks SET sealed_at = sealed_at - interval '2 days'");
    await checkBooks("lately");
    expect(await openAlerts()).toEqual([]);
    await checkBooks("whole");
    const broken = ["audit_broken:sealed"];
    expect((await openAlerts()).map(({ caseKey }) => caseKey)).toEqual(broken);
    await checkBooks("lately");
    expect((await openAlerts()).map(({ caseKey }) => caseKey)).toEqual(broken);
    await corrupt("UPDATE audit_blocks SET sealed_at = sealed_at + interval '2 days'");
    await checkBooks("lately");
    expect(await openAlerts()).toEqual([]);
  });

  test("a rule whose statement fails or runs out of time is told, and the others are looked at", async () => {
    const rule = (id: string, sql: string) => ({ id, rule: id, sql });
    const results = await withClient(async (client) => {
      await client.query("SET statement_timeout = 100");
      return countViolations(client, [
        rule("broken", "SELECT 1 / 0"),
        rule("slow", "SELECT pg_sleep(5)"),
        rule("fires", "SELECT generate_series(1, 12), 'x'"),
      ]);
    });
    expect(results).toMatchObject([
      { id: "broken", violations: 0, failure: { code: "22012" } },
      { id: "slow", violations: 0, failure: { code: "57014" } },
      { id: "fires", violations: 12, examples: ["1,x", "2,x", "3,x", "4,x", "5,x"] },
    ]);
    expect(results[2]?.failure).toBeUndefined();

    // The same through the whole check: a column that a rule reads is gone.
    await corrupt("ALTER TABLE order_items RENAME COLUMN quantity TO pieces");
    await checkBooks();
    expect(await openAlerts()).toMatchObject([
      {
        caseKey: "invariant_violated:I20b",
        evidence: { failure: expect.stringMatching(/quantity/) },
      },
    ]);
    await corrupt("ALTER TABLE order_items RENAME COLUMN pieces TO quantity");
    await checkBooks();
    expect(await openAlerts()).toEqual([]);
  });

  test("health answers within 1.5 s while the database hangs, and asks it once for many", async () => {
    await withClient(async (blocker) => {
      await blocker.query("BEGIN");
      await blocker.query("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE");
      forgetProcessGlobal("health-answer");
      const startedAt = performance.now();
      const answers = await Promise.all(Array.from({ length: 50 }, () => checkHealth()));
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      expect(new Set(answers.map(({ database }) => database))).toEqual(new Set(["down"]));
      const { rows } = await blocker.query<{ waiting: number }>(
        "SELECT COUNT(*)::int AS waiting FROM pg_locks WHERE relation = 'cases'::regclass AND NOT granted",
      );
      expect(rows[0]?.waiting).toBeLessThanOrEqual(1);
      await blocker.query("ROLLBACK");
    });
    expect((await books()).status).toBe("ok");
  });
});
