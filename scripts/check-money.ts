/** `npm run check:money`: every money invariant over the whole database; exits 1 when one fails. */
import pg from "pg";
import { countViolations } from "#lib/db/count-violations";
import { currentDatabaseUrl } from "./database-url.ts";
import { describeFailure, runScript } from "./terminal.ts";

await runScript(async () => {
  const client = new pg.Client({ connectionString: await currentDatabaseUrl() });
  await client.connect();
  try {
    const results = await countViolations(client);
    for (const { id, rule, violations, examples, failure } of results) {
      const mark = violations === 0 && failure === undefined ? "ok  " : "FAIL";
      console.log(`${mark} ${id.padEnd(5)} ${String(violations).padStart(4)}  ${rule}`);
      if (examples.length > 0) console.log(`                 ${examples.join(", ")}`);
      if (failure !== undefined) console.log(`                 ${describeFailure(failure)}`);
    }
    const failed = results.filter(
      ({ violations, failure }) => violations > 0 || failure !== undefined,
    ).length;
    console.log(
      failed === 0 ? "All money invariants hold." : `${failed} money invariants are violated.`,
    );
    if (failed > 0) process.exitCode = 1;
  } finally {
    await client.end();
  }
});
