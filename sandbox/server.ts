/**
 * The gateways' stand-ins, for the demo and tests: a control port on loopback, and what a gateway does
 * by itself. The dummy gateway takes its calls in the shop's own process (lib/gateways/dummy); here it
 * delivers its webhooks, ends what has come to its time, and is told what to do wrong.
 */
import type { Server } from "node:http";
import { closeDatabase } from "#lib/db/client";
import { endAllDue } from "#lib/db/dummy-list";
import { EnvError, getEnv } from "#lib/env";
import { createControlServer } from "./control-server.ts";
import { dummyControl } from "./dummy-control.ts";
import { DummyDeliverer } from "./dummy-deliverer.ts";
import { repeat } from "./repeat.ts";

const host = "127.0.0.1";
const deliverEveryMs = 200;
const endDueEveryMs = 500;
const drainTimeoutMs = 4_000;

function listen(server: Server): Promise<void> {
  const { SANDBOX_PORT: port } = getEnv();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const problem =
        error.code === "EADDRINUSE"
          ? `port ${port} is taken: stop what uses it, or set SANDBOX_PORT to another`
          : `port ${port} of ${host} cannot be listened on: ${error.message}`;
      reject(new EnvError([problem]));
    });
    server.listen(port, host, resolve);
  });
}

async function main(): Promise<void> {
  if (!getEnv().isDemo) {
    throw new EnvError(["the sandbox moves gateways by hand and is refused in production"]);
  }
  const server = createControlServer(dummyControl);
  await listen(server);
  const deliverer = new DummyDeliverer();
  const loops = [
    repeat("deliver webhooks", deliverEveryMs, async () => {
      return { more: (await deliverer.deliverDue()) > 0 };
    }),
    repeat("end what is due", endDueEveryMs, async () => {
      await endAllDue();
      return { more: false };
    }),
  ];
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), drainTimeoutMs).unref();
    server.close();
    server.closeAllConnections();
    void Promise.all(loops.map((loop) => loop.stop()))
      .then(() => deliverer.settled())
      .then(closeDatabase)
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
