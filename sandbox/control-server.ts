/** The sandbox's control port: JSON in, JSON out, for programs on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isPaymentError } from "#lib/domain/errors";
import { log } from "#lib/observability/log";
import { Refused } from "./refused.ts";

/** What answers a control call: its method and path, `POST /clock`, and what becomes of its body. */
export type ControlCalls = Readonly<Record<string, (body: unknown) => Promise<unknown>>>;

const maxBodyBytes = 64 * 1024;
const localHosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

export function createControlServer(calls: ControlCalls): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    void answer(calls, request, response).catch((error: unknown) => {
      log.error("a control call could not be answered", { error });
      response.destroy();
    });
  });
}

async function answer(
  calls: ControlCalls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    requireLocal(request);
    send(response, 200, await callOf(calls, request)(await readJson(request)));
  } catch (error) {
    if (error instanceof Refused) return send(response, error.status, { detail: error.message });
    // An amount that does not parse, in the words of the API.
    if (isPaymentError(error)) return send(response, 400, { detail: error.publicMessage });
    log.error("a control call failed", { error });
    send(response, 500, { detail: "The sandbox could not do this; its log says why." });
  }
}

/** A page in a browser is no program of this machine, whatever name it found for it. */
function requireLocal({ headers }: IncomingMessage): void {
  const isLocal = (url: string): boolean =>
    URL.canParse(url) && localHosts.has(new URL(url).hostname);
  const { host = "", origin } = headers;
  if (isLocal(`http://${host}`) && (origin === undefined || isLocal(origin))) return;
  throw new Refused(403, "The sandbox answers programs on this machine only.");
}

function callOf(calls: ControlCalls, request: IncomingMessage): ControlCalls[string] {
  const [path = ""] = (request.url ?? "").split("?");
  const name = path.length > 1 ? path.replace(/\/$/, "") : path;
  const call = calls[`${request.method} ${name}`];
  if (call) return call;
  const others = Object.keys(calls).filter((key) => key.endsWith(` ${name}`));
  if (others.length === 0) throw new Refused(404, "The sandbox has no such call.");
  throw new Refused(405, `Only ${others.join(", ")} is there.`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Refused(413, "The body is too large.");
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refused(400, "The body is not JSON.");
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}
