import type { ClientBase } from "pg";
import { moneyInvariants, type MoneyInvariant } from "./money-invariants.ts";
import { sandboxInvariants } from "./sandbox-invariants.ts";
import { serviceInvariants } from "./service-invariants.ts";
import { inSnapshot } from "./snapshot.ts";

/** Every rule of the books, over the whole database; `sandboxInvariants` beside them where it has a sandbox. */
export const bookRules: readonly MoneyInvariant[] = [...moneyInvariants, ...serviceInvariants];

export type RuleResult = MoneyInvariant & {
  violations: number;
  /** What names the first few that violate it. */
  examples: string[];
  /** Why the rule could not be looked at: its statement failed or ran out of time. */
  failure: unknown;
};

const keptExamples = 5;

async function lookAt(client: ClientBase, rule: MoneyInvariant): Promise<RuleResult> {
  await client.query("SAVEPOINT rule");
  try {
    const { rows } = await client.query<{ violations: number; examples: string[] | null }>(
      `SELECT COUNT(*)::int AS violations,
              array_agg(trim(BOTH '()' FROM name)) FILTER (WHERE place <= ${keptExamples}) AS examples
       FROM (SELECT violation::text AS name, row_number() OVER () AS place
             FROM (${rule.sql}) violation) violations`,
    );
    const { violations = 0, examples = null } = rows[0] ?? {};
    return { ...rule, violations, examples: examples ?? [], failure: undefined };
  } catch (failure) {
    // Where the connection is gone this throws as well, and there is nothing to say of any rule.
    await client.query("ROLLBACK TO SAVEPOINT rule");
    return { ...rule, violations: 0, examples: [], failure };
  }
}

async function rulesFor(client: ClientBase): Promise<readonly MoneyInvariant[]> {
  const { rows } = await client.query<{ has: boolean }>(
    "SELECT to_regclass('sandbox.objects') IS NOT NULL AS has",
  );
  return rows[0]?.has ? [...bookRules, ...sandboxInvariants] : bookRules;
}

/**
 * Counts the violations of each rule, all in one snapshot so that payments may go on meanwhile. Takes a
 * plain connection: the check needs a database's address and no other setting.
 */
export async function countViolations(
  client: ClientBase,
  rules?: readonly MoneyInvariant[],
): Promise<RuleResult[]> {
  return inSnapshot(client, async () => {
    const results = [];
    for (const rule of rules ?? (await rulesFor(client))) results.push(await lookAt(client, rule));
    return results;
  });
}
