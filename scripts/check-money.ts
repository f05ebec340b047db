/** `npm run check:money`: every money invariant over the whole database; exits 1 when one fails. */
import pg from "pg";
import { countViolations } from "#lib/db/money-invariants";
import { currentDatabaseUrl } from "./database-url.ts";
import { runScript } from "./terminal.ts";

await runScript(async () => {
  const client = new pg.Client({ connectionString: await currentDatabaseUrl() });
  await client.connect();
  try {
    const results = await countViolations(client);
    for (const { id, rule, violations } of results) {
      console.log(
        `${violations === 0 ? "ok  " : "FAIL"} ${id.padEnd(5)} ${String(violations).padStart(4)}  ${rule}`,
      );
    }
    const failed = results.filter((result) => result.violations > 0).length;
    console.log(
      failed === 0 ? "All money invariants hold." : `${failed} money invariants are violated.`,
    );
    if (failed > 0) process.exitCode = 1;
  } finally {
    await client.end();
  }
});
