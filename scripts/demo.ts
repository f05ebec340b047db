/** `npm run demo`: everything there is, on this machine, from nothing. Started again, it keeps the data. */
import path from "node:path";
import { sandboxPortCount } from "#lib/gateways/endpoints";
import { buildPages } from "./build.ts";
import { startEmbedded } from "./database.ts";
import { demoEnvironment } from "./demo-environment.ts";
import { openGivenDatabase } from "./given-database.ts";
import { isPortFree } from "./free-port.ts";
import { generateClient } from "./generate.ts";
import { migrate } from "./migrate.ts";
import { step } from "./progress.ts";
import { projectRoot, stateFolder } from "./project.ts";
import { startSandbox } from "./sandbox.ts";
import { runInScope, type Scope } from "./scope.ts";
import { Refusal } from "./terminal.ts";
import { startWebServer } from "./web-server.ts";

let isReady = false;

async function demo(scope: Scope): Promise<number> {
  const port = await freeRequestedPort("PORT", 8000, process.env["HOST"] || "0.0.0.0");
  const sandboxPort = await freeSandboxPort(port);
  const database = await step("database", () => openDatabase(scope));
  const { url } = database;
  const env = await demoEnvironment(url);
  await step("migrations", async () => describeCount(await migrate(url)));
  await step("client", async () => ((await generateClient()) ? "generated" : "up to date"));
  await step("build", async () => ((await buildPages(scope)) ? "built" : "up to date"));
  await step("seed", () => seedDatabase(scope, env));
  const sandbox = await step("sandbox", () => startSandbox(scope, env));
  const server = await step("server", () => startWebServer(scope, env));
  await printWelcome(env["PUBLIC_URL"] ?? `http://localhost:${port}`, sandboxPort);
  isReady = true;
  const culprit = await Promise.race([
    server.exited.then(() => "web server"),
    sandbox.exited.then(() => "sandbox"),
    database.exited.then(() => "database"),
  ]);
  if (scope.stopping) return 0;
  throw new Refusal(`The ${culprit} has stopped by itself; everything else is stopped too.`);
}

/** The sandbox's control port; each gateway's stand-in has one of the ports after it. */
async function freeSandboxPort(port: number): Promise<number> {
  const sandboxPort = await freeRequestedPort("SANDBOX_PORT", 8010, "127.0.0.1");
  const last = sandboxPort + sandboxPortCount;
  if (port >= sandboxPort && port <= last) {
    throw new Refusal(
      `PORT ${port} is one of the sandbox's ports ${sandboxPort} to ${last}: move one of them with PORT or SANDBOX_PORT.`,
    );
  }
  for (let next = sandboxPort + 1; next <= last; next += 1) {
    if (next <= 65_535 && (await isPortFree(next, "127.0.0.1"))) continue;
    throw new Refusal(
      `Port ${next} is taken and the sandbox needs ${sandboxPort} to ${last}: move it with SANDBOX_PORT=${sandboxPort + 100} npm run demo`,
    );
  }
  return sandboxPort;
}

/** Before anything slow: a port that is taken is the person's to solve. */
async function freeRequestedPort(name: string, fallback: number, host: string): Promise<number> {
  const text = process.env[name] || String(fallback);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new Refusal(`${name}=${text} is not a port: give a number from 1 to 65535.`);
  }
  if (await isPortFree(port, host)) return port;
  throw new Refusal(
    `Port ${port} is taken: stop what uses it, or move the demo with ${name}=${port === 65_535 ? fallback + 1 : port + 1} npm run demo`,
  );
}

async function openDatabase(scope: Scope): Promise<{ url: string; exited: Promise<unknown> }> {
  const given = process.env["DATABASE_URL"];
  if (given) return { url: await openGivenDatabase(given), exited: new Promise(() => undefined) };
  const database = await scope.start(startEmbedded(stateFolder));
  if (database.note) console.log(`  Note: ${database.note}.`);
  return database;
}

function describeCount(applied: string[]): string {
  return applied.length === 0 ? "up to date" : `${applied.length} applied`;
}

async function seedDatabase(scope: Scope, env: NodeJS.ProcessEnv): Promise<void> {
  const seeded = await scope.run(
    process.execPath,
    [path.join(projectRoot, "scripts/seed.ts")],
    env,
  );
  if (seeded !== 0) throw new Refusal("The demo shop could not be filled; the reason is above.");
}

/** The last line is for programs that wait for it; the rest is for people. */
async function printWelcome(url: string, sandboxPort: number): Promise<void> {
  // Not at the top: it imports the database client, which a step above generates.
  const { demoAccounts, demoPassword } = await import("../prisma/seed.ts");
  console.log(`\nSign in at ${url}/signin with the password ${demoPassword} as`);
  for (const { email, role } of demoAccounts) console.log(`  ${email.padEnd(22)} ${role}`);
  console.log(`The gateway sandbox listens on http://127.0.0.1:${sandboxPort}`);
  console.log("Ctrl-C stops it; the data stays in .data/\n");
  console.log(`ready ${url}`);
}

await runInScope(demo, () => (isReady ? 0 : 130));
