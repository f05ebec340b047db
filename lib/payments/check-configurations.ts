import { findActiveConfigurations, type StoredConfiguration } from "../db/configurations.ts";
import { getEnv } from "../env.ts";
import { findKeyProblem } from "./verify-account.ts";
import { readStoredSecret } from "./stored-secret.ts";

/**
 * Why production may not start with the accounts that are active, a sentence each: the dummy gateway, and
 * keys that do not fit. A key that does not open under this MASTER_KEY stops its gateway alone.
 */
export async function findActiveProblems(): Promise<string[]> {
  if (getEnv().isDemo) return [];
  const rows = await findActiveConfigurations(undefined);
  return rows
    .toSorted((a, b) => a.id - b.id)
    .flatMap((row) => {
      const problem = problemOf(row);
      return problem === null ? [] : [`${nameOf(row)}: ${problem} ${remedyOf(row)}`];
    });
}

function problemOf(row: StoredConfiguration): string | null {
  if (row.gateway === "dummy") return "The dummy gateway is active and takes no money for goods.";
  return readStoredSecret(row).kind === "unreadable" ? null : findKeyProblem(row);
}

function nameOf({ id, gateway, label }: StoredConfiguration): string {
  return `payment configuration ${id} (${gateway}${label === "" ? "" : `, "${label}"`})`;
}

function remedyOf({ id }: StoredConfiguration): string {
  return `Switch it off with: npm run gateways -- deactivate ${id}`;
}
