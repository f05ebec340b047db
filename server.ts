/**
 * The web process: the API's route modules in front, Next for everything else, and the worker where no
 * other process runs one. Stops on SIGTERM: no new requests, those in flight end, then the connections.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { closeDatabase, databaseAnswers } from "#lib/db/client";
import { EnvError, getEnv } from "#lib/env";
import { openApiDoor } from "#lib/http/api-door";
import { startWorker } from "#lib/jobs/worker";
import { log } from "#lib/observability/log";

const projectFolder = import.meta.dirname;

// A client that sends its headers or its request more slowly than this is cut off (slowloris).
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
// Longer than a load balancer's idle time, so that it never sends into a closing connection.
const keepAliveTimeoutMs = 65_000;
const maxHeaderBytes = 16_384;
const maxConnections = 2_000;
// How long requests in flight may go on after SIGTERM; an orchestrator kills after 30 s.
const drainTimeoutMs = 25_000;
const databaseTries = 20;

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Headers by which Next talks to itself, and ours for the client's address: never from outside. */
const internalHeader = /^(x-middleware-|x-nextjs-|x-invoke-|x-matched-path$|x-tollbooth-)/;

function cleanHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (internalHeader.test(name)) Reflect.deleteProperty(request.headers, name);
  }
  const { rawHeaders } = request;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (internalHeader.test((rawHeaders[index] ?? "").toLowerCase())) rawHeaders.splice(index, 2);
  }
  const address = request.socket.remoteAddress ?? "";
  request.headers["x-tollbooth-remote-address"] = address;
  rawHeaders.push("x-tollbooth-remote-address", address);
}

function isApiPath(url: string | undefined): boolean {
  return url !== undefined && /^\/api(\/|\?|$)/.test(url) && !/^\/api\/auth(\/|\?|$)/.test(url);
}

async function openDoors(): Promise<NodeHandler> {
  const env = getEnv();
  // next-auth reads its address and secret from here.
  process.env.NEXTAUTH_URL = env.PUBLIC_URL;
  const app = next({ dev: false, dir: projectFolder, hostname: env.HOST, port: env.PORT });
  await app.prepare();
  const pages = app.getRequestHandler();
  if (env.TOLLBOOTH_DOOR === "next") return pages;
  const door = await openApiDoor(path.join(projectFolder, "app"));
  const api = getRequestListener(
    async (request) => (await door(request)) ?? new Response(null, { status: 404 }),
    { overrideGlobalObjects: false },
  );
  return (request, response) =>
    isApiPath(request.url) ? Promise.resolve(api(request, response)) : pages(request, response);
}

async function waitForDatabase(): Promise<void> {
  for (let attempt = 1; attempt <= databaseTries; attempt += 1) {
    if (await databaseAnswers()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new EnvError(["the database at DATABASE_URL does not answer"]);
}

async function main(): Promise<void> {
  const env = getEnv();
  await waitForDatabase();
  const handle = await openDoors();
  const worker = await startWorker();
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
    },
    (request, response) => {
      cleanHeaders(request);
      handle(request, response).catch((error: unknown) => {
        log.error("a request could not be answered", { error });
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
  );
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.maxConnections = maxConnections;

  let stopping = false;
  const stop = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    log.info("stopping");
    // Whatever hangs, the process ends; what it leaves open is the janitor's.
    setTimeout(() => process.exit(exitCode), drainTimeoutMs).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    void Promise.allSettled([closed, worker.stop()])
      .then(closeDatabase)
      .finally(() => process.exit(exitCode));
  };
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  // The demo that started this process is gone.
  process.on("disconnect", () => stop(0));
  const fail = (error: unknown): void => {
    log.error("stopping on an unexpected error", { error });
    stop(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  server.on("error", (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === "EADDRINUSE"
        ? `Port ${env.PORT} is taken. Stop what uses it, or set PORT to another.`
        : `The server cannot listen: ${error.message}`,
    );
    process.exit(1);
  });
  server.listen(env.PORT, env.HOST, () => {
    log.info("listening", { port: env.PORT });
    process.send?.("listening");
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
});
