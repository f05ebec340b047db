/**
 * The gateways' stand-ins, for the demo and tests: a control port on loopback, then one for each gateway
 * (the contract, section 8). The dummy gateway takes its calls in the shop's own process
 * (lib/gateways/dummy); here it delivers its webhooks and is told what to do wrong.
 */
import type { Server } from "node:http";
import { closeDatabase } from "#lib/db/client";
import { endAllDue } from "#lib/db/dummy-list";
import { EnvError, getEnv } from "#lib/env";
import { endpointsOf } from "#lib/gateways/endpoints";
import { createControlServer, type ControlCalls } from "./control-server.ts";
import { Deliverer } from "./deliverer.ts";
import { dummyControl } from "./dummy-control.ts";
import { DummyDeliverer } from "./dummy-deliverer.ts";
import { repeat } from "./repeat.ts";
import { standInAccount, standInControl } from "./stand-in-control.ts";
import { StandInServer } from "./stand-in-server.ts";
import { standIns } from "./stand-ins.ts";
import { World } from "./world.ts";

const host = "127.0.0.1";
const deliverEveryMs = 200;
const endDueEveryMs = 500;
const drainTimeoutMs = 4_000;

/** Says of a port that cannot be listened on what can be done about it. */
async function onPort(port: number, listening: () => Promise<void>): Promise<void> {
  try {
    await listening();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EnvError([
      code === "EADDRINUSE"
        ? `port ${port} is taken: stop what uses it, or set SANDBOX_PORT to another`
        : `port ${port} of ${host} cannot be listened on: ${message}`,
    ]);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** The stand-ins, each on the port that lib/gateways/endpoints.ts looks for it at. */
async function startStandIns(world: World): Promise<StandInServer[]> {
  const servers = standIns.map((standIn) => new StandInServer(world, standIn));
  for (const server of servers) {
    const port = Number(new URL(endpointsOf(server.standIn.gateway, "test").api).port);
    await onPort(port, () => server.listen(port));
  }
  return servers;
}

const webhookUrlOf = (server: StandInServer): string =>
  `${getEnv().PUBLIC_URL}/api/payment/webhooks/${server.standIn.gateway}/`;

function controlOf(world: World, servers: readonly StandInServer[]): ControlCalls {
  return {
    ...dummyControl,
    ...Object.assign({}, ...servers.map((server) => standInControl(world, server))),
    "GET /accounts": async (body) => ({
      ...((await dummyControl["GET /accounts"]?.(body)) as Record<string, unknown>),
      ...Object.fromEntries(
        servers.map((server) => [
          server.standIn.gateway,
          standInAccount(server, webhookUrlOf(server)),
        ]),
      ),
    }),
    "POST /clock": async (body) => {
      const moved = (await dummyControl["POST /clock"]?.(body)) as Record<string, unknown>;
      await world.advance((body as { advance_s: number }).advance_s);
      for (const server of servers) await server.endDue();
      return moved;
    },
  };
}

function loopsOf(
  deliverers: readonly (Deliverer | DummyDeliverer)[],
  servers: readonly StandInServer[],
) {
  return [
    ...deliverers.map((deliverer) =>
      repeat("deliver webhooks", deliverEveryMs, async () => {
        return { more: (await deliverer.deliverDue()) > 0 };
      }),
    ),
    ...servers.map((server) =>
      repeat("end what is due", endDueEveryMs, async () => {
        await server.endDue();
        return { more: false };
      }),
    ),
    repeat("end what is due", endDueEveryMs, async () => {
      await endAllDue();
      return { more: false };
    }),
  ];
}

async function main(): Promise<void> {
  if (!getEnv().isDemo) {
    throw new EnvError(["the sandbox moves gateways by hand and is refused in production"]);
  }
  const world = await World.open();
  const servers = await startStandIns(world);
  const control = createControlServer(controlOf(world, servers));
  const { SANDBOX_PORT } = getEnv();
  await onPort(SANDBOX_PORT, () => listen(control, SANDBOX_PORT));
  const deliverers = [
    new DummyDeliverer(),
    ...servers.map((server) => new Deliverer(world, server, webhookUrlOf(server))),
  ];
  const loops = loopsOf(deliverers, servers);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), drainTimeoutMs).unref();
    control.close();
    control.closeAllConnections();
    for (const server of servers) server.close();
    void Promise.all(loops.map((loop) => loop.stop()))
      .then(() => Promise.all(deliverers.map((deliverer) => deliverer.settled())))
      .then(() => Promise.all([closeDatabase(), world.close()]))
      .catch(() => undefined)
      .finally(() => process.exit(0));
  };
  for (const signal of ["SIGTERM", "SIGINT", "disconnect"]) process.on(signal, stop);
  process.send?.("ready");
}

main().catch((error: unknown) => {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
});
