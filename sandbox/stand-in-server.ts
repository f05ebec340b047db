/**
 * Serves one stand-in on loopback: finds the route, asks for the secret, keeps what was asked under an
 * idempotency key, and lets the faults that wait meet the calls that move money.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "#lib/observability/log";
import { Refused } from "./refused.ts";
import type { Call, Context, Reply, Route, StandIn } from "./stand-in.ts";
import { callFaultModes } from "#lib/sandbox/choices";
import { outage, type Fault, type World } from "./world.ts";

const maxBodyBytes = 1024 * 1024;
// Longer than any caller waits.
const hangMs = 60_000;
const slowMs = 3_000;
const lateMs = 5_000;
// Browsers ask for one beside every page.
const noIcon = {
  "GET /favicon.ico": { handle: () => ({ status: 204, body: "" }), isPublic: true },
};

export class StandInServer {
  readonly standIn: StandIn;
  readonly #world: World;
  readonly #server: Server;
  readonly #routes: { method: string; pattern: RegExp; names: string[]; route: Route }[];
  #baseUrl = "";

  constructor(world: World, standIn: StandIn) {
    this.#world = world;
    this.standIn = standIn;
    this.#routes = Object.entries({ ...noIcon, ...standIn.routes }).map(([key, route]) => {
      const [method = "", path = ""] = key.split(" ");
      const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
      const pattern = new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/:\w+/g, "([^/]+)")}/?$`);
      return { method, pattern, names, route };
    });
    this.#server = createServer({ requestTimeout: 30_000 }, (request, response) => {
      void this.#answer(request, response).catch((error: unknown) => {
        log.error("a stand-in could not answer", { gateway: standIn.gateway, error });
        response.destroy();
      });
    });
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  /** Listens on that port of loopback; 0: any. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Runs `work` on this stand-in's book. */
  onBook<T>(work: (context: Context) => Promise<T>, late: number | null = null): Promise<T> {
    return this.#world.onBook(this.standIn, this.#baseUrl, work, late);
  }

  /** Ends what has come to its time by the gateway's clock. */
  async endDue(): Promise<void> {
    await this.onBook(async (context) => {
      for (const { kind, id } of await context.book.due()) {
        await this.standIn.due(context, kind, id);
      }
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, "http://sandbox");
    const body = await readBody(request);
    if (body === null) return send(response, { status: 413, body: { error: "too large" } });
    const found = this.#find(method, decodeURI(pathname));
    if (!found) return send(response, this.standIn.failure("not_found"));
    const { route, params } = found;
    const { headers } = request;
    const call: Call = { method, path: pathname, params, query: searchParams, headers, body };
    try {
      await this.#serve(route, call, response);
    } catch (error) {
      if (response.headersSent) throw error;
      if (error instanceof Refused)
        return send(response, { status: error.status, body: { error: error.message } });
      log.error("a stand-in's call failed", {
        gateway: this.standIn.gateway,
        path: pathname,
        error,
      });
      send(response, this.standIn.failure("internal"));
    }
  }

  #find(method: string, path: string): { route: Route; params: Record<string, string> } | null {
    for (const { method: wanted, pattern, names, route } of this.#routes) {
      const match = wanted === method ? pattern.exec(path) : null;
      if (match) {
        return {
          route,
          params: Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ""])),
        };
      }
    }
    return null;
  }

  async #serve(route: Route, call: Call, response: ServerResponse): Promise<void> {
    const { standIn } = this;
    if (route.isPublic && !route.movesMoney) {
      return send(response, await this.onBook(async (context) => route.handle(context, call)));
    }
    const isAuthorized =
      route.isPublic || (await this.onBook(async (context) => standIn.isAuthorized(call, context)));
    if (!isAuthorized) return send(response, standIn.failure("unauthorized"));
    // What the shopper does on a page is no call of ours: only an outage is met there.
    const modes = route.movesMoney && !route.isPublic ? [outage, ...callFaultModes] : [outage];
    const fault = await this.#world.takeFault(standIn.gateway, modes);
    const callId = route.isPublic ? null : await this.#record(route, call, fault);
    if (fault?.mode === outage || fault?.mode === "hang") return hang(response);
    if (fault?.mode === "500") return this.#end(callId, response, standIn.failure("500"));
    if (fault?.mode === "429") return this.#end(callId, response, standIn.failure("429"));
    const reply = await this.#handleOnce(route, call, fault);
    await this.#endWith(fault, callId, response, reply);
  }

  async #endWith(
    fault: Fault | null,
    callId: string | null,
    response: ServerResponse,
    reply: Reply,
  ): Promise<void> {
    switch (fault?.mode) {
      case "charge_then_hang":
        return hang(response);
      case "charge_then_500":
        return this.#end(callId, response, this.standIn.failure("500"));
      case "reset":
        response.socket?.resetAndDestroy();
        return;
      case "garbage":
        return this.#end(callId, response, {
          status: 200,
          body: "<html><body>Bad gateway</body></html>",
          contentType: "text/html",
        });
      case "slow_body":
        await this.#markAnswered(callId, reply.status);
        return drip(response, reply, fault.delayMs || slowMs);
      case "wrong_amount":
        return this.#end(callId, response, this.standIn.wrongAmount(reply));
      default:
        return this.#end(callId, response, reply);
    }
  }

  /** Under a key that is known, the answer of before; else the work, once. */
  async #handleOnce(route: Route, call: Call, fault: Fault | null): Promise<Reply> {
    const late = fault?.mode === "late_success" ? fault.delayMs || lateMs : null;
    const key = call.method === "GET" ? null : this.standIn.idempotencyKey(call);
    if (key === null) return this.onBook(async (context) => route.handle(context, call), late);
    const fingerprint = createHash("sha256")
      .update(`${call.path}\n`)
      .update(call.body)
      .digest("hex");
    return this.onBook(async (context) => {
      const known = await context.book.answerOf(key);
      if (known) {
        if (known.fingerprint !== fingerprint) return this.standIn.failure("key_reused");
        return this.standIn.repeat(context, call, known);
      }
      const reply = await route.handle(context, call);
      // What was refused for its form was not begun: the key stays free, as at the real services.
      if (reply.status < 400 || reply.status === 402)
        await context.book.keepAnswer(key, fingerprint, reply);
      return reply;
    }, late);
  }

  /** Writes that a call has come, before anything is done. */
  async #record(route: Route, call: Call, fault: Fault | null): Promise<string> {
    const { rows } = await this.#world.pool.query<{ id: string }>(
      `INSERT INTO sandbox.calls (gateway, method, path, idempotency_key, moves_money, fault)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
      [
        this.standIn.gateway,
        call.method,
        call.path,
        this.standIn.idempotencyKey(call),
        route.movesMoney ?? false,
        fault?.mode ?? null,
      ],
    );
    return rows[0]?.id ?? "";
  }

  async #end(callId: string | null, response: ServerResponse, reply: Reply): Promise<void> {
    await this.#markAnswered(callId, reply.status);
    send(response, reply);
  }

  async #markAnswered(callId: string | null, status: number): Promise<void> {
    if (callId === null) return;
    await this.#world.pool.query("UPDATE sandbox.calls SET status = $2 WHERE id = $1", [
      callId,
      status,
    ]);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function encoded({ body, contentType, headers = {} }: Reply): {
  bytes: Buffer;
  headers: Record<string, string>;
} {
  const isText = typeof body === "string";
  const bytes = Buffer.from(
    body === null || body === undefined ? "" : isText ? body : JSON.stringify(body),
  );
  const type = contentType ?? (isText ? "text/plain" : "application/json");
  return { bytes, headers: { "Content-Type": type, "Cache-Control": "no-store", ...headers } };
}

function send(response: ServerResponse, reply: Reply): void {
  const { bytes, headers } = encoded(reply);
  response.writeHead(reply.status, headers);
  response.end(bytes);
}

/** The answer byte by byte, for as long as that. */
async function drip(response: ServerResponse, reply: Reply, lastsMs: number): Promise<void> {
  const { bytes, headers } = encoded(reply);
  response.writeHead(reply.status, headers);
  const pieces = 10;
  for (let piece = 0; piece < pieces && !response.destroyed; piece += 1) {
    const at = (share: number): number => Math.floor((bytes.length * share) / pieces);
    response.write(bytes.subarray(at(piece), at(piece + 1)));
    await sleep(lastsMs / pieces, undefined, { ref: false });
  }
  response.end();
}

/** Never answers; the socket goes when every caller has gone. */
async function hang(response: ServerResponse): Promise<void> {
  await sleep(hangMs, undefined, { ref: false });
  response.destroy();
}
