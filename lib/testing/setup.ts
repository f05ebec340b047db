import { randomBytes, randomInt } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeEach, expect, inject, vi } from "vitest";

// Every test file has a database of its own, copied from the migrated one.
const template = new URL(inject("templateDatabaseUrl"));
const name = `test_${randomBytes(8).toString("hex")}`;
const server = new URL(template);
server.pathname = "/postgres";

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

await onServer(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
const url = new URL(template);
url.pathname = `/${name}`;
Object.assign(process.env, inject("testSecrets"), {
  TOLLBOOTH_MODE: "test",
  DATABASE_URL: url.href,
  LOG_LEVEL: "silent",
  // Where a test that starts the gateways' stand-ins has them listen (sandbox/testing.ts).
  SANDBOX_PORT: String(randomInt(20_000, 32_000)),
});

beforeEach(() => {
  vi.spyOn(console, "error");
});

// What is written to the console there is a defect, unless the test expected it.
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

afterAll(async () => {
  const { closeDatabase } = await import("../db/client.ts");
  await closeDatabase();
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});
