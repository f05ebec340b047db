import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { sealAudit } from "#lib/audit/seal-audit";
import { aProcessedTransaction, aViewer } from "#lib/testing/builders";
import { projectRoot } from "./project.ts";

/** Runs a script as npm does; what it printed, with its exit code at the end. */
async function run(script: string, ...options: string[]): Promise<string> {
  const file = path.join(projectRoot, "scripts", script);
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...options], (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}exit ${error?.code ?? 0}`);
    });
  });
}

async function corrupt(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
  await client.connect();
  await client.query("SET session_replication_role = replica");
  await client.query(statement);
  await client.end();
}

test("the checks say that a sound book is sound, name what is not, and exit 1 then", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "check-"));
  const headFile = path.join(folder, "heads.jsonl");
  const { transactionId } = await aProcessedTransaction(await aViewer());
  await sealAudit({ headFile });

  expect(await run("check-money.ts")).toMatch(/^All money invariants hold\.\nexit 0$/m);
  const sound = await run("check-audit.ts", "--head", headFile);
  expect(sound).toMatch(/^Compared with 1 heads in .*\nThe audit is whole\.\nexit 0$/m);
  expect(await run("check-audit.ts")).toMatch(
    /There is no head file to compare with.*\n.*\nexit 0$/,
  );
  expect(await run("check-audit.ts", "--head", `${headFile}.not`)).toMatch(
    /There is no head file .*\nexit 1$/,
  );

  await corrupt(
    "UPDATE transactions SET status = 'failed', captured_minor = 0 WHERE status = 'success'",
  );
  const money = await run("check-money.ts");
  expect(money).toMatch(new RegExp(`^FAIL I10 .*\\n +${transactionId}$`, "m"));
  expect(money).toMatch(/money invariants are violated\.\nexit 1$/);

  await corrupt("DELETE FROM audit_events WHERE seq = (SELECT max(seq) FROM audit_events)");
  const audit = await run("check-audit.ts", "--head", headFile);
  expect(audit).toMatch(/^FAIL deleted +1 .*\n +row \d+ of block 1 is gone$/m);
  expect(audit).toMatch(new RegExp(`^FAIL tail .*\\n +${transactionId} is failed, `, "m"));
  expect(audit).toMatch(/checks of the audit failed\.\nexit 1$/);

  await corrupt("TRUNCATE audit_blocks");
  expect(await run("check-audit.ts", "--head", headFile)).toMatch(
    /^FAIL heads +1 .*\n +block 1 was told and is not there: the end was cut off$/m,
  );
  await rm(folder, { recursive: true });
});
