/** Starts what a fault run needs, and stops all of it again. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GatewayName } from "#lib/domain/payment";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import { freePort } from "../free-port.ts";
import { migrate } from "../migrate.ts";
import { projectRoot } from "../project.ts";
import { startSandbox } from "../sandbox.ts";
import type { Scope } from "../scope.ts";
import { ApiClient } from "./api-client.ts";
import { DatabaseProxy } from "./database-proxy.ts";
import { DummySide } from "./dummy-side.ts";
import { FaultDatabase } from "./fault-database.ts";
import { FaultServer } from "./fault-server.ts";
import type { GatewaySide, Query } from "./gateway-side.ts";
import { MessageReceiver } from "./message-receiver.ts";
import { freePorts, Sandbox } from "./sandbox.ts";
import { SandboxSide } from "./sandbox-side.ts";
import { WebhookCourier } from "./webhook-courier.ts";
import { admin, shopper, type Parts } from "./machinery.ts";

const password = "tollbooth-demo";

/** A second server's: half a day and a day ahead of most of the world. */
const farTimeZone = "Pacific/Kiritimati";

/** The parts of a run and the environment of its processes. */
export async function setUp(
  scope: Scope,
  only?: GatewayName,
): Promise<{ parts: Parts; env: NodeJS.ProcessEnv }> {
  const database = await scope.start(FaultDatabase.start());
  await migrate(database.url);
  const proxy = await scope.start(DatabaseProxy.start(database.port));
  const receiver = await scope.start(MessageReceiver.start());
  const sandboxProxy = await scope.start(DatabaseProxy.start(database.port));
  const env = await environment(scope, database, proxy, receiver);
  const servers = await Promise.all([
    newServer(scope, env),
    newServer(scope, { ...env, TZ: farTimeZone }),
  ]);
  const [server, second] = servers;
  const seeded = await scope.run(process.execPath, [path.join(projectRoot, "scripts/seed.ts")], {
    ...env,
    DATABASE_URL: database.url,
    PUBLIC_URL: server.url,
  });
  if (seeded !== 0) throw new Error("the shop could not be filled; the reason is above");
  // What the dummy gateway tells is delivered by the courier alone, as its scenarios say.
  await database.rows("ALTER TABLE dummy_events ALTER COLUMN next_attempt_at DROP DEFAULT");
  const { exited } = await startSandbox(scope, {
    ...env,
    DATABASE_URL: through(sandboxProxy, database),
    PUBLIC_URL: server.url,
  });
  await server.start();
  const api = newClient(server);
  const sandbox = new Sandbox(Number(env["SANDBOX_PORT"]), exited);
  const parts = {
    database,
    proxy,
    sandboxProxy,
    server,
    second,
    api,
    otherApi: newClient(second),
    receiver,
    courier: new WebhookCourier(database, api),
    sandbox,
    sides: (await sidesOf(database, sandbox)).filter(
      // The dummy gateway stays: what is done to servers and PostgreSQL is looked at by its tables.
      ({ gateway }) => only === undefined || gateway === only || gateway === "dummy",
    ),
  };
  return { parts, env };
}

/** A side for each gateway that the shop has an account at and a stand-in answers for. */
async function sidesOf(database: FaultDatabase, sandbox: Sandbox): Promise<GatewaySide[]> {
  const query: Query = (text, values) => database.rows(text, values);
  const accounts = await query<{ gateway: RemoteGateway }>(
    "SELECT DISTINCT gateway FROM payment_configurations WHERE is_active AND gateway <> 'dummy' ORDER BY 1",
  );
  const known = await sandbox.gateways();
  const remote = accounts.filter(({ gateway }) => known.includes(gateway));
  return [
    new DummySide(query, sandbox),
    ...remote.map(({ gateway }) => new SandboxSide(gateway, query, sandbox)),
  ];
}

/** The database's address by way of a proxy. */
function through(proxy: DatabaseProxy, database: FaultDatabase): string {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  return url.href;
}

function newClient({ url }: FaultServer): ApiClient {
  const api = new ApiClient([url]);
  for (const email of [admin, shopper]) api.addAccount(email, password);
  return api;
}

async function newServer(scope: Scope, env: NodeJS.ProcessEnv): Promise<FaultServer> {
  const port = String(await freePort());
  const server = new FaultServer({ ...env, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` });
  return await scope.start(Promise.resolve(server));
}

async function environment(
  scope: Scope,
  database: FaultDatabase,
  proxy: DatabaseProxy,
  receiver: MessageReceiver,
): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(path.join(tmpdir(), "tollbooth-faults-"));
  await scope.start(Promise.resolve({ stop: () => rm(folder, { recursive: true, force: true }) }));
  const secret = (): string => randomBytes(32).toString("hex");
  const unlimited = "600000/1m";
  return {
    ...process.env,
    NODE_ENV: "production",
    TOLLBOOTH_MODE: "test",
    TOLLBOOTH_DOOR: "fast",
    DATABASE_URL: through(proxy, database),
    SANDBOX_PORT: String(await freePorts()),
    HOST: "127.0.0.1",
    LOG_LEVEL: "error",
    JWT_SECRET: secret(),
    NEXTAUTH_SECRET: secret(),
    MASTER_KEY: secret(),
    EVENTS_URL: receiver.url,
    EVENTS_SECRET: secret(),
    AUDIT_HEAD_FILE: path.join(folder, "audit-heads.jsonl"),
    RATE_LIMIT_READ: unlimited,
    RATE_LIMIT_WRITE: unlimited,
    RATE_LIMIT_TOKEN: unlimited,
    RATE_LIMIT_WEBHOOK: unlimited,
  };
}
