import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditColumns, selectAuditBlocks, selectAuditRows } from "../db/audit-blocks.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { getEnv } from "../env.ts";
import { aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { hashBlock, hashRow } from "./audit-hash.ts";
import { readHeadFile } from "./head-file.ts";
import { sealAudit } from "./seal-audit.ts";
import { verifyAudit, type AuditReport } from "./verify-audit.ts";

let folder: string;
let headFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "audit-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  headFile = path.join(folder, randomUUID(), "heads.jsonl");
});

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What a superuser can do: no trigger and no foreign key is in the way. Each text is one statement. */
async function corrupt(...statements: string[]): Promise<void> {
  await withClient(async (client) => {
    await client.query("SET session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  });
}

async function record(count: number): Promise<void> {
  const entityId = randomUUID();
  const events = Array.from({ length: count }, (_, index) => ({
    entity: "user" as const,
    entityId,
    action: "test",
    actor: { kind: "system", name: "test" } as const,
    reason: `row ${index}`,
    after: { zulu: index, alpha: [1, { b: 1, a: 'ä\u2028"' }] },
  }));
  await inTransaction((tx) => recordAudit(tx, ...events));
}

const seal = (): Promise<number> => sealAudit({ headFile });
const verify = (
  options: { since?: Date; headFile?: string } = { headFile },
): Promise<AuditReport> => withClient((client) => verifyAudit(client, options));

/** What was found, a line a finding: the rule and the words. */
function found(report: AuditReport): string[] {
  return report.checks.flatMap(({ id, examples }) => examples.map((words) => `${id}: ${words}`));
}

/** An empty audit with two sealed blocks of five rows, from number 11 on with gaps of ten, and one row more. */
async function aSealedAudit(): Promise<void> {
  await corrupt(
    "DELETE FROM audit_events",
    "DELETE FROM audit_blocks",
    "ALTER SEQUENCE audit_events_seq_seq RESTART WITH 11 INCREMENT BY 10",
    "DELETE FROM transactions",
    "DELETE FROM refunds",
  );
  await record(5);
  expect(await seal()).toBe(5);
  await record(5);
  expect(await seal()).toBe(5);
  await record(1);
  expect(found(await verify())).toEqual([]);
}

describe("sealing", () => {
  test("holds every column that an audit row has", async () => {
    const { rows } = await withClient((client) =>
      client.query<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_name = 'audit_events' ORDER BY ordinal_position`,
      ),
    );
    expect(rows.map(({ name }) => name)).toEqual([...auditColumns]);
  });

  test("a row's hash is the same whatever the session's settings and the order of its keys", async () => {
    await record(1);
    await corrupt(
      `INSERT INTO audit_events (seq, at, entity, entity_id, action, actor_kind, actor, after)
       SELECT -1, at, entity, entity_id, action, actor_kind, actor,
              '{"alpha": [1, {"a": "x", "b": 1}], "zulu": 0}' FROM audit_events LIMIT 1`,
      `INSERT INTO audit_events (seq, at, entity, entity_id, action, actor_kind, actor, after)
       SELECT -2, at, entity, entity_id, action, actor_kind, actor,
              '{"zulu": 0,  "alpha": [1, {"b": 1, "a": "x"}]}' FROM audit_events LIMIT 1`,
    );
    const hashes = async (...settings: string[]): Promise<string[]> =>
      withClient(async (client) => {
        for (const setting of settings) await client.query(setting);
        const rows = await selectAuditRows(client, { afterSeq: "-9", untilSeq: "-1", limit: 9 });
        return rows.map((row) => hashRow(row, "1").toString("hex"));
      });
    const [first, second] = await hashes();
    expect(first).toBe(second);
    expect(await hashes("SET timezone = 'Asia/Kathmandu'", "SET datestyle = 'German'")).toEqual([
      first,
      second,
    ]);
    await corrupt("DELETE FROM audit_events WHERE seq < 0");
  });

  test("seals in blocks of a thousand, and nothing twice", async () => {
    await aSealedAudit();
    await record(2_400);
    expect(await seal()).toBe(2_401);
    expect(await seal()).toBe(0);
    const blocks = await withClient((client) =>
      selectAuditBlocks(client, { afterNumber: 2, limit: 9 }),
    );
    expect(blocks.map(({ seqs }) => seqs.length)).toEqual([1_000, 1_000, 401]);
    expect(found(await verify())).toEqual([]);
  });

  test("of ten sealers at once, each row is sealed by one", async () => {
    await aSealedAudit();
    await record(50);
    const counts = await Promise.all(Array.from({ length: 10 }, seal));
    expect(counts.filter((count) => count > 0)).toEqual([51]);
    expect(found(await verify())).toEqual([]);
  });

  test("waits for a slower transaction that has an earlier number", async () => {
    await aSealedAudit();
    await withClient(async (slow) => {
      await slow.query("BEGIN");
      await slow.query(
        "INSERT INTO audit_events (entity, entity_id, action, actor_kind, actor) VALUES ('user', 's', 'slow', 'system', 't')",
      );
      await record(3);
      expect(await sealAudit({ headFile, writersTimeoutMs: 300 })).toBe(0);
      const sealing = sealAudit({ headFile, writersTimeoutMs: 10_000 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await slow.query("COMMIT");
      expect(await sealing).toBe(5);
    });
    expect(found(await verify())).toEqual([]);
  });

  test("waits for a transaction that has drawn its number and not written yet", async () => {
    await aSealedAudit();
    await withClient(async (slow) => {
      await slow.query("BEGIN");
      await slow.query("SAVEPOINT s");
      const { rows } = await slow.query<{ seq: string }>(
        "SELECT nextval('audit_events_seq_seq') AS seq",
      );
      await slow.query("ROLLBACK TO SAVEPOINT s");
      await record(3);
      expect(await sealAudit({ headFile, writersTimeoutMs: 300 })).toBe(0);
      await slow.query(
        "INSERT INTO audit_events (seq, entity, entity_id, action, actor_kind, actor) VALUES ($1, 'user', 's', 'slow', 'system', 't')",
        [rows[0]?.seq],
      );
      await slow.query("COMMIT");
    });
    expect(await seal()).toBe(5);
    expect(found(await verify())).toEqual([]);
  });

  test("does not wait for a transaction that only reads", async () => {
    await aSealedAudit();
    await withClient(async (reader) => {
      await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      await reader.query("SELECT count(*) FROM audit_events");
      expect(await sealAudit({ headFile, writersTimeoutMs: 300 })).toBe(1);
    });
  });

  test("holds up nobody who writes, and no row is lost while they do", async () => {
    await aSealedAudit();
    const endsAt = performance.now() + 3_000;
    const writer = async (): Promise<number> => {
      let count = 0;
      while (performance.now() < endsAt) {
        await record(3);
        count += 3;
      }
      return count;
    };
    const sealer = async (): Promise<number> => {
      let count = 0;
      while (performance.now() < endsAt) {
        count += await seal();
        expect(found(await verify())).toEqual([]);
      }
      return count;
    };
    const [sealed, ...written] = await Promise.all([
      sealer(),
      ...Array.from({ length: 4 }, writer),
    ]);
    const rest = await seal();
    expect(sealed + rest).toBe(1 + written.reduce((sum, count) => sum + count, 0));
    expect(found(await verify())).toEqual([]);
  });
});

describe("the head file", () => {
  test("has a line for each block, and gets the ones that a crash left out", async () => {
    await aSealedAudit();
    const whole = await readFile(headFile, "utf8");
    expect(whole.split("\n")).toHaveLength(3);
    // The second line was cut short by a power failure.
    await truncate(headFile, whole.length - 20);
    expect((await verify()).heads).toBe(1);
    expect(await seal()).toBe(1);
    const heads = (await readHeadFile(headFile))?.heads ?? [];
    expect(heads.map(({ block }) => block)).toEqual([1, 2, 3]);
    expect((await readFile(headFile, "utf8")).startsWith(whole)).toBe(true);
    expect(found(await verify())).toEqual([]);
  });

  test("a line in it that is not a head, or tells a block otherwise, is found", async () => {
    await aSealedAudit();
    await appendFile(headFile, "nonsense\n");
    expect(found(await verify())).toEqual(["heads: line 3 of the head file cannot be read"]);
    const text = await readFile(headFile, "utf8");
    await writeFile(headFile, text.replace("nonsense\n", text.replace(/"hash":"../, '"hash":"zz')));
    expect(found(await verify())[0]).toMatch(/^heads: line 3/);
  });

  test("without one, the report has no line for it", async () => {
    await aSealedAudit();
    const report = await verify({});
    expect(report.heads).toBeNull();
    expect(report.checks.map(({ id }) => id)).not.toContain("heads");
  });
});

/** Makes all blocks anew over the rows as they are now, as somebody would who knows how. */
async function resealAll(): Promise<void> {
  await corrupt("DELETE FROM audit_blocks");
  await sealAudit({ headFile: path.join(folder, randomUUID()) });
}

describe("a corruption made by hand is found and named", () => {
  const content = auditColumns.filter((column) => column !== "seq").map((name) => `"${name}"`);
  const contents = content.join(", ");
  test.each<[string, () => Promise<void>, string[]]>([
    [
      "a row edited",
      () => corrupt("UPDATE audit_events SET actor = 'somebody' WHERE seq = 31"),
      ["edited: row 31 of block 1 was edited"],
    ],
    [
      "a value inside its jsonb edited",
      () =>
        corrupt(
          `UPDATE audit_events SET after = jsonb_set(after, '{alpha,1,b}', '2') WHERE seq = 61`,
        ),
      ["edited: row 61 of block 2 was edited"],
    ],
    [
      "a row backdated",
      () => corrupt("UPDATE audit_events SET at = at - interval '1 ms' WHERE seq = 11"),
      ["edited: row 11 of block 1 was edited"],
    ],
    [
      "an empty text in the place of nothing",
      () => corrupt("UPDATE audit_events SET request_id = '' WHERE seq = 21"),
      ["edited: row 21 of block 1 was edited"],
    ],
    [
      "a row in the middle deleted",
      () => corrupt("DELETE FROM audit_events WHERE seq = 41"),
      ["deleted: row 41 of block 1 is gone"],
    ],
    [
      "a row inserted into a gap",
      () =>
        corrupt(
          `INSERT INTO audit_events (seq, ${contents}) SELECT 45, ${contents} FROM audit_events WHERE seq = 41`,
        ),
      ["inserted: row 45 was put in"],
    ],
    [
      "a row inserted before the first",
      () =>
        corrupt(
          `INSERT INTO audit_events (seq, ${contents}) SELECT -3, ${contents} FROM audit_events WHERE seq = 41`,
        ),
      ["inserted: row -3 was put in"],
    ],
    [
      "two rows' content swapped",
      () =>
        corrupt(
          "UPDATE audit_events SET seq = -1 WHERE seq = 21",
          "UPDATE audit_events SET seq = 21 WHERE seq = 71",
          "UPDATE audit_events SET seq = 71 WHERE seq = -1",
        ),
      ["moved: row 21 is what was sealed as row 71", "moved: row 71 is what was sealed as row 21"],
    ],
    [
      "a row renumbered",
      () => corrupt("UPDATE audit_events SET seq = 37 WHERE seq = 21"),
      ["moved: row 37 is what was sealed as row 21"],
    ],
    [
      "a row renumbered to after the last",
      () => corrupt("UPDATE audit_events SET seq = 900 WHERE seq = 21"),
      ["moved: row 900 is what was sealed as row 21"],
    ],
    [
      "the last sealed rows cut off",
      () => corrupt("DELETE FROM audit_events WHERE seq >= 91"),
      ["deleted: row 91 of block 2 is gone", "deleted: row 101 of block 2 is gone"],
    ],
    [
      "rows and their block cut off",
      () =>
        corrupt(
          "DELETE FROM audit_events WHERE seq > 51",
          "DELETE FROM audit_blocks WHERE number = 2",
        ),
      ["heads: block 2 was told and is not there: the end was cut off"],
    ],
    [
      "everything deleted",
      () => corrupt("TRUNCATE audit_events, audit_blocks"),
      [
        "heads: block 1 was told and is not there: the end was cut off",
        "heads: block 2 was told and is not there: the end was cut off",
      ],
    ],
    [
      "a block's hash edited",
      () => corrupt("UPDATE audit_blocks SET hash = sha256('x') WHERE number = 1"),
      [
        "sealed: block 1 was edited: it does not hash to its hash",
        "chain: block 2 does not follow block 1",
        "heads: block 1 is not the one that was told",
      ],
    ],
    [
      "a block's time edited",
      () =>
        corrupt("UPDATE audit_blocks SET sealed_at = sealed_at - interval '1 ms' WHERE number = 2"),
      ["sealed: block 2 was edited: it does not hash to its hash"],
    ],
    [
      "the first block removed",
      () => corrupt("DELETE FROM audit_blocks WHERE number = 1"),
      [
        "numbers: block 1 is missing: after it comes block 2",
        "chain: block 2 does not follow nothing",
        "heads: block 1 was told and is not there",
        "inserted: row 11 was put in",
        "inserted: row 21 was put in",
        "inserted: row 31 was put in",
        "inserted: row 41 was put in",
        "inserted: row 51 was put in",
      ],
    ],
    [
      "a row edited and its block's hash of it too",
      () =>
        corrupt(
          "UPDATE audit_events SET actor = 'somebody' WHERE seq = 31",
          "UPDATE audit_blocks SET row_hashes = overlay(row_hashes PLACING sha256('x') FROM 65) WHERE number = 1",
        ),
      [
        "sealed: block 1 was edited: it does not hash to its hash",
        "edited: row 31 of block 1 was edited",
      ],
    ],
    [
      "a row edited and every block made anew",
      async () => {
        await corrupt("UPDATE audit_events SET actor = 'somebody' WHERE seq = 31");
        await resealAll();
      },
      [
        "heads: block 1 is not the one that was told",
        "heads: block 2 was told and is not there: the end was cut off",
      ],
    ],
    [
      "a row edited, its block and the one after re-chained by hand",
      async () => {
        await corrupt("UPDATE audit_events SET actor = 'somebody' WHERE seq = 31");
        await withClient(async (client) => {
          await client.query("SET session_replication_role = replica");
          const rows = await selectAuditRows(client, { afterSeq: "0", untilSeq: "51", limit: 9 });
          const blocks = await selectAuditBlocks(client, { afterNumber: 0, limit: 9 });
          const [first, second] = blocks;
          if (!first || !second) throw new Error("two blocks are sealed");
          first.rowHashes = Buffer.concat(rows.map((row) => hashRow(row)));
          first.hash = hashBlock(first);
          second.previousHash = first.hash;
          second.hash = hashBlock(second);
          for (const { number, rowHashes, previousHash, hash } of [first, second]) {
            await client.query(
              "UPDATE audit_blocks SET row_hashes = $2, previous_hash = $3, hash = $4 WHERE number = $1",
              [number, rowHashes, previousHash, hash],
            );
          }
        });
      },
      [
        "heads: block 1 is not the one that was told",
        "heads: block 2 is not the one that was told",
      ],
    ],
  ])("%s", async (_, corruption, expected) => {
    await aSealedAudit();
    await corruption();
    expect(found(await verify())).toEqual(expected);
  });

  test("the last rows cut off before they were sealed: the payment's status is not told", async () => {
    await aSealedAudit();
    const paid = await aProcessedTransaction(await aViewer());
    expect(found(await verify())).toEqual([]);
    await corrupt(
      `DELETE FROM audit_events WHERE seq >= (SELECT max(seq) FROM audit_events
       WHERE entity = 'transaction' AND to_status = 'success')`,
    );
    const report = await verify();
    expect(found(report)).toEqual([
      `tail: ${paid.transactionId} is success, its last audit row says processing`,
    ]);
    expect(report.unusedSeqs).toBeGreaterThan(0);
  });
});

test("only the blocks of lately are looked at when asked so", async () => {
  await aSealedAudit();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const since = new Date();
  expect(await seal()).toBe(1);
  await corrupt("UPDATE audit_events SET actor = 'somebody' WHERE seq IN (31, 111)");
  const report = await verify({ headFile, since });
  expect(report.blocks).toBe(1);
  expect(found(report)).toEqual(["edited: row 111 of block 3 was edited"]);
  expect(found(await verify({ headFile, since: new Date(Date.now() + 1_000) }))).toEqual([]);
});
