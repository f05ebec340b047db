/**
 * The web process: the API's route modules in front, Next for everything else, and the worker where no
 * other process runs one. Stops on SIGTERM: no new requests, those in flight end, then the connections.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import { getRequestListener } from "@hono/node-server";
import { closeDatabase, databaseAnswers } from "#lib/db/client";
import { EnvError, getEnv } from "#lib/env";
import { openApiDoor } from "#lib/http/api-door";
import { remoteAddressHeader } from "#lib/http/client-address";
import { setPageSources } from "#lib/http/page-sources";
import { startWorker } from "#lib/jobs/worker";
import { log } from "#lib/observability/log";
import { findActiveProblems } from "#lib/payments/check-configurations";
import { activeGatewaySources } from "#lib/payments/gateway-sources";
import { flushRejections } from "#lib/webhooks/count-rejections";
import { pendingMigrations } from "./scripts/pending-migrations.ts";

const projectFolder = import.meta.dirname;

// A client that sends its headers or its request more slowly than this is cut off (slowloris).
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
// How often those two are looked at; Node would look every 30 s.
const lookAtSlowMs = 5_000;
// A client that takes nothing of its answer for so long has gone, whatever its network says. Longer than
// any request takes: a gateway has 10 s, the database some more.
const socketIdleMs = 60_000;
// Longer than a load balancer's idle time, so that it never sends into a closing connection.
const keepAliveTimeoutMs = 65_000;
const maxHeaderBytes = 16_384;
const maxConnections = 2_000;
// How long requests in flight may go on after SIGTERM; an orchestrator kills after 30 s.
const drainTimeoutMs = 25_000;
const databaseTries = 20;

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Stoppable = { stop: () => Promise<void> };

/** Headers by which Next talks to itself, and ours for the client's address: never from outside. */
const internalHeader =
  /^(x-middleware-|x-nextjs-|x-invoke-|x-matched-path$|x-now-route-matches$|x-prerender-|x-tollbooth-)/;

/** Takes those headers out of a request and puts in the socket's address, unless that is undefined. */
function replaceInternalHeaders(request: IncomingMessage, address: string | undefined): void {
  const { headers, rawHeaders } = request;
  for (const name of Object.keys(headers)) {
    if (internalHeader.test(name)) Reflect.deleteProperty(headers, name);
  }
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (internalHeader.test((rawHeaders[index] ?? "").toLowerCase())) rawHeaders.splice(index, 2);
  }
  if (address === undefined) return;
  headers[remoteAddressHeader] = address;
  rawHeaders.push(remoteAddressHeader, address);
}

/** The API but for next-auth's own route, which needs Next around it. */
function isApiPath(url: string | undefined): boolean {
  return url !== undefined && /^\/api(\/|\?|$)/.test(url) && !/^\/api\/auth(\/|\?|$)/.test(url);
}

async function openPages(): Promise<NodeHandler> {
  const env = getEnv();
  // next-auth reads its address from there; Next and React decide by NODE_ENV what they load.
  Object.assign(process.env, { NEXTAUTH_URL: env.PUBLIC_URL, NODE_ENV: "production" });
  const { default: next } = await import("next");
  const app = next({ dev: false, dir: projectFolder, hostname: env.HOST, port: env.PORT });
  await app.prepare();
  return app.getRequestHandler();
}

async function openDoors(): Promise<NodeHandler> {
  const pages = await openPages();
  if (getEnv().TOLLBOOTH_DOOR === "next") {
    return (request, response) => {
      // As on a host without this file: nobody vouches for an address.
      replaceInternalHeaders(request, undefined);
      return pages(request, response);
    };
  }
  const door = await openApiDoor(path.join(projectFolder, "app"));
  const api = getRequestListener(
    async (request) => (await door(request)) ?? new Response(null, { status: 404 }),
    { overrideGlobalObjects: false },
  );
  return (request, response) => {
    replaceInternalHeaders(request, request.socket.remoteAddress ?? "");
    return isApiPath(request.url)
      ? Promise.resolve(api(request, response))
      : pages(request, response);
  };
}

async function requireDatabase(): Promise<void> {
  for (let attempt = 1; !(await databaseAnswers()); attempt += 1) {
    if (attempt === databaseTries)
      throw new EnvError(["the database at DATABASE_URL does not answer"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const pending = await pendingMigrations(getEnv().DATABASE_URL);
  if (pending.length === 0) return;
  throw new EnvError([
    `the database lacks migrations: run "npm run migrate" (${pending.join(", ")})`,
  ]);
}

async function requireSoundGateways(): Promise<void> {
  const problems = await findActiveProblems();
  if (problems.length > 0) throw new EnvError(problems);
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The status for a request that neither door should see: an unreadable or absolute path, an odd method. */
function refusedStatus({ url = "", method = "" }: IncomingMessage): 400 | 405 | null {
  if (!knownMethods.has(method)) return 405;
  if (!url.startsWith("/")) return 400;
  try {
    decodeURI(url);
    return null;
  } catch {
    return 400;
  }
}

function refuse(response: ServerResponse, status: 400 | 405): void {
  const detail =
    status === 405 ? "This method is not allowed here." : "The address is not readable.";
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": randomUUID(),
    ...(status === 405 ? { Allow: "GET, HEAD, POST" } : {}),
  });
  response.end(JSON.stringify({ detail }));
}

function createWebServer(handle: NodeHandler): Server {
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: lookAtSlowMs,
      maxHeaderSize: maxHeaderBytes,
      keepAliveTimeout: keepAliveTimeoutMs,
    },
    (request, response) => {
      // Once we are stopping, a connection that is kept alive would keep us alive.
      if (!server.listening) response.setHeader("Connection", "close");
      const refused = refusedStatus(request);
      if (refused !== null) {
        refuse(response, refused);
        return;
      }
      handle(request, response).catch((error: unknown) => {
        log.error("a request could not be answered", { error });
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
  );
  server.maxConnections = maxConnections;
  server.timeout = socketIdleMs;
  return server;
}

// How soon pages allow a gateway that was switched on, and no longer one that was switched off.
const sourcesEveryMs = 5_000;

/** Keeps the pages' policy to the gateways that are active; while the database is away, as it was. */
async function followGateways(): Promise<void> {
  setPageSources(await activeGatewaySources());
  setInterval(() => {
    activeGatewaySources().then(setPageSources, (error: unknown) => {
      log.warn("the active gateways could not be read", { error });
    });
  }, sourcesEveryMs).unref();
}

/** Ends the process when it is told to, its parent is gone, or something unforeseen has happened. */
function stopInTime(server: Server, worker: Stoppable): void {
  let stopping = false;
  const stop = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    log.info("stopping");
    // Whatever hangs, the process ends; what it leaves open is the janitor's.
    setTimeout(() => process.exit(exitCode), drainTimeoutMs).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    // A connection whose last answer was already on its way turns idle only now.
    setInterval(() => server.closeIdleConnections(), 100).unref();
    void Promise.allSettled([closed, worker.stop()])
      .then(flushRejections)
      .then(closeDatabase)
      .catch((error: unknown) => log.warn("the connections did not close", { error }))
      .finally(() => process.exit(exitCode));
  };
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  process.on("disconnect", () => stop(0));
  const fail = (error: unknown): void => {
    log.error("stopping on an unexpected error", { error });
    stop(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}

async function listen(server: Server): Promise<void> {
  const { PORT, HOST } = getEnv();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        new EnvError([
          taken
            ? `port ${PORT} is taken: stop what uses it, or set PORT to another`
            : `port ${PORT} of ${HOST} cannot be listened on: ${error.message}`,
        ]),
      );
    });
    server.listen(PORT, HOST, resolve);
  });
  log.info("listening", { port: PORT });
}

/** A program that started us asks for our health itself; a person is told. */
async function announce(): Promise<void> {
  if (process.send) return;
  const { PORT, PUBLIC_URL } = getEnv();
  const health = await fetch(`http://127.0.0.1:${PORT}/api/health/`).catch(() => undefined);
  if (health?.status === 200) console.log(`ready ${PUBLIC_URL}`);
}

async function main(): Promise<void> {
  getEnv();
  await requireDatabase();
  await requireSoundGateways();
  await followGateways();
  const server = createWebServer(await openDoors());
  const worker = await startWorker();
  stopInTime(server, worker);
  await listen(server);
  await announce();
}

main().catch((error: unknown) => {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
});
