import pg from "pg";
import { expect } from "vitest";
import { countViolations } from "../db/count-violations.ts";
import { getEnv } from "../env.ts";

/** Fails unless every rule of the books holds in this test's database. */
export async function expectBooksToHold(): Promise<void> {
  const client = new pg.Client({ connectionString: getEnv().DATABASE_URL });
  await client.connect();
  try {
    const broken = (await countViolations(client)).filter((rule) => rule.violations > 0);
    expect(broken.map(({ id, rule, violations }) => ({ id, rule, violations }))).toEqual([]);
  } finally {
    await client.end();
  }
}
