/**
 * `npm run check:audit [-- --head FILE]`: the sealed audit against its blocks, and the blocks against the
 * heads told outside; exits 1 when one check fails. Payments may go on meanwhile.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import { verifyAudit, type AuditReport } from "#lib/audit/verify-audit";
import { currentDatabaseUrl } from "./database-url.ts";
import { demoHeadFile } from "./demo-environment.ts";
import { Refusal, runScript } from "./terminal.ts";

/** The file that is asked for, that the setting names, or that the demo keeps for this database. */
function findHeadFile(databaseUrl: string): string | undefined {
  const { values } = parseArgs({ options: { head: { type: "string" } } });
  const named = values.head ?? (process.env["AUDIT_HEAD_FILE"] || undefined);
  if (named !== undefined && !existsSync(named)) {
    throw new Refusal(`There is no head file ${named}.`);
  }
  const ofDemo = demoHeadFile(databaseUrl);
  return named ?? (existsSync(ofDemo) ? ofDemo : undefined);
}

function print(report: AuditReport, headFile: string | undefined): boolean {
  for (const { id, rule, violations, examples } of report.checks) {
    const mark = violations === 0 ? "ok  " : "FAIL";
    console.log(`${mark} ${id.padEnd(9)} ${String(violations).padStart(4)}  ${rule}`);
    for (const example of examples) console.log(`                    ${example}`);
  }
  const { blocks, sealedRows, unsealedRows, unusedSeqs, heads } = report;
  console.log(
    `${sealedRows} rows are sealed in ${blocks} blocks; ${unsealedRows} wait to be sealed.`,
  );
  if (unusedSeqs > 0) {
    console.log(
      `${unusedSeqs} numbers were given after the last row: by transactions that go on, or were rolled back.`,
    );
  }
  console.log(
    heads === null
      ? "There is no head file to compare with: a chain cut off or made anew as a whole would not be seen."
      : `Compared with ${heads} heads in ${headFile ?? ""}.`,
  );
  const failed = report.checks.filter((check) => check.violations > 0).length;
  console.log(failed === 0 ? "The audit is whole." : `${failed} checks of the audit failed.`);
  return failed === 0;
}

await runScript(async () => {
  const databaseUrl = await currentDatabaseUrl();
  const headFile = findHeadFile(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    if (!print(await verifyAudit(client, { headFile }), headFile)) process.exitCode = 1;
  } finally {
    await client.end();
  }
});
