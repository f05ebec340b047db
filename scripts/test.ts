/**
 * `npm test`: unit and database tests, then the production build with a seeded shop behind both doors and
 * the browser's journeys on it, then one short seed of faults. Ends with one line that counts them all.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomBytes, randomInt } from "node:crypto";
import { findBrowser } from "./browser.ts";
import { buildPages } from "./build.ts";
import { startThrowaway } from "./database.ts";
import { freePorts } from "./faults/sandbox.ts";
import { runFaults } from "./faults/suite.ts";
import { freePort } from "./free-port.ts";
import { generateClient } from "./generate.ts";
import { migrate } from "./migrate.ts";
import { projectRoot } from "./project.ts";
import { runInScope, type Scope } from "./scope.ts";
import { startSandbox } from "./sandbox.ts";
import { Refusal } from "./terminal.ts";
import { startWebServer } from "./web-server.ts";

type Counts = { passed: number; failed: number; skipped: number };

const bin = (name: string): string => path.join(projectRoot, "node_modules", name);

async function runVitest(scope: Scope, reports: string): Promise<Counts> {
  const file = path.join(reports, "vitest.json");
  const code = await scope.run(
    process.execPath,
    [
      bin("vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${file}`,
    ],
    { ...process.env, NODE_ENV: "test" },
  );
  const report = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Partial<
    Record<"numPassedTests" | "numFailedTests" | "numPendingTests", number>
  >;
  const counts = {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: report.numPendingTests ?? 0,
  };
  return countBrokenRun(counts, code);
}

async function runJourneys(scope: Scope, reports: string): Promise<Counts> {
  const base = await startShop(scope);
  const file = path.join(reports, "playwright.json");
  const browser = await findBrowser();
  const code = await scope.run(
    process.execPath,
    [bin("@playwright/test/cli.js"), "test", "--reporter=list,json"],
    {
      ...process.env,
      ...base,
      CHROMIUM: browser.executablePath,
      ...(browser.libraryPath === undefined ? {} : { LD_LIBRARY_PATH: browser.libraryPath }),
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  );
  const report = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as {
    stats?: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report.stats ?? {};
  return countBrokenRun({ passed: expected + flaky, failed: unexpected, skipped }, code);
}

/** One seed of faults, on a shop of its own; after the journeys, whose build it uses. */
async function runShortFaults(scope: Scope): Promise<Counts> {
  const firstSeed = Number(process.env["SEED"] || 0) || randomInt(1, 1_000_000);
  console.log("\nfaults:");
  const counts = await runFaults(scope, { firstSeed, seeds: 1, size: "short", only: "" });
  return countBrokenRun({ ...counts, skipped: 0 }, 0);
}

/** A run that ended badly, or in which nothing ran, failed, whatever its report says. */
function countBrokenRun(counts: Counts, code: number): Counts {
  const broken = counts.failed === 0 && (code !== 0 || counts.passed === 0);
  return broken ? { ...counts, failed: 1 } : counts;
}

type Shop = Record<"BASE_URL" | "BASE_URL_NEXT" | "SANDBOX_URL" | "DATABASE_URL", string>;

/** One seeded database with a server for each door on it, and the gateways' sandbox. */
async function startShop(scope: Scope): Promise<Shop> {
  await buildPages(scope);
  const database = await scope.start(startThrowaway());
  await migrate(database.url);
  const secret = (): string => randomBytes(32).toString("hex");
  const shared = {
    ...process.env,
    NODE_ENV: "production" as const,
    TOLLBOOTH_MODE: "test",
    DATABASE_URL: database.url,
    HOST: "127.0.0.1",
    LOG_LEVEL: "error",
    JWT_SECRET: secret(),
    NEXTAUTH_SECRET: secret(),
    MASTER_KEY: secret(),
    RATE_LIMIT_READ: "60000/1m",
    RATE_LIMIT_WRITE: "60000/1m",
    RATE_LIMIT_TOKEN: "6000/1m",
    // The servers look for the gateways' stand-ins where the sandbox has them.
    SANDBOX_PORT: String(await freePorts()),
  };
  const ownAddress = async (): Promise<{ PORT: string; PUBLIC_URL: string }> => {
    const port = String(await freePort());
    return { PORT: port, PUBLIC_URL: `http://localhost:${port}` };
  };
  const address = await ownAddress();
  // The seed tells the dummy gateway where its webhooks go.
  const seeded = await scope.run(process.execPath, [path.join(projectRoot, "scripts/seed.ts")], {
    ...shared,
    ...address,
  });
  if (seeded !== 0)
    throw new Refusal("The shop for the tests could not be filled; the reason is above.");
  const serve = async (door: "fast" | "next", at: typeof address): Promise<string> => {
    await startWebServer(scope, { ...shared, ...at, TOLLBOOTH_DOOR: door });
    return at.PUBLIC_URL;
  };
  await startSandbox(scope, { ...shared, PUBLIC_URL: address.PUBLIC_URL });
  const doors = {
    BASE_URL: await serve("fast", address),
    BASE_URL_NEXT: await serve("next", await ownAddress()),
  };
  return {
    ...doors,
    SANDBOX_URL: `http://127.0.0.1:${shared.SANDBOX_PORT}`,
    DATABASE_URL: database.url,
  };
}

await runInScope(
  async (scope) => {
    await generateClient();
    const reports = await mkdtemp(path.join(tmpdir(), "tollbooth-reports-"));
    try {
      const runs = [
        await runVitest(scope, reports),
        await runJourneys(scope, reports),
        await runShortFaults(scope),
      ];
      const sum = (kind: keyof Counts): number => runs.reduce((total, run) => total + run[kind], 0);
      console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
      return sum("failed") === 0 ? 0 : 1;
    } finally {
      await rm(reports, { recursive: true, force: true });
    }
  },
  () => 130,
);
