// The one way in which adapters without an SDK talk to their service.
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { processGlobal } from "../process-global.ts";
import { noAnswer } from "./gateway.ts";

export type HttpRequest = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
};

/**
 * What a request came to. `not_sent`: it certainly did nothing there. `unknown`: it may have.
 * `json` is undefined where the body is no JSON.
 */
export type HttpAnswer =
  | {
      kind: "answer";
      status: number;
      header: (name: string) => string | null;
      json: unknown;
      text: string;
    }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

// Within the deadline of a call to a gateway (lib/payments/call-gateway.ts), so that it is told here.
const totalMs = 9_500;
const connectMs = 4_000;
// More than any answer that is read here; a page of a list has 100 rows.
const maxBytes = 4 * 1024 * 1024;
// A request that was refused as one too many did nothing and is sent again, where there is time for it.
const throttledTries = 2;
const throttledWaitMs = 1_000;

/** Failures before anything was sent: no address, no connection, no certificate that holds. */
export const notSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function agent(): Agent {
  return processGlobal(
    "gateway-agent",
    () => new Agent({ connect: { timeout: connectMs }, keepAliveTimeout: 4_000 }),
  );
}

/** Sends one request: under a deadline, with a cap on what is read, without following redirects. Never throws. */
export async function sendHttp(sent: HttpRequest): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(totalMs);
  for (let tries = 0; ; tries += 1) {
    const answer = await sendOnce(sent, deadline);
    if (answer.kind !== "answer" || answer.status !== 429) return answer;
    const refused = { kind: "not_sent", detail: "status 429" } as const;
    if (tries === throttledTries) return refused;
    const asked = Number(answer.header("retry-after") ?? "");
    const waitMs = asked > 0 ? asked * 1_000 : throttledWaitMs * 2 ** tries;
    if (waitMs > 3_000) return refused;
    const waited = await sleep(waitMs, true, { signal: deadline }).catch(() => false);
    if (!waited) return refused;
  }
}

async function sendOnce(
  { url, method, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    const response = await request(url, {
      method,
      headers,
      body: body ?? null,
      signal,
      dispatcher: agent(),
    });
    const text = await readCapped(response.body);
    return {
      kind: "answer",
      status: response.statusCode,
      header: (name) => {
        const value = response.headers[name];
        return (Array.isArray(value) ? value[0] : value) ?? null;
      },
      json: parsed(text),
      text,
    };
  } catch (error) {
    return trouble(error, signal);
  }
}

async function readCapped(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    // Leaving the loop destroys the stream.
    if (bytes > maxBytes) throw Object.assign(new Error(), { code: "answer too large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An error's code alone: its words may quote what was sent. */
function trouble(error: unknown, signal: AbortSignal): HttpAnswer {
  if (signal.aborted) return { kind: "unknown", detail: noAnswer };
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return { kind: notSentCodes.has(code) ? "not_sent" : "unknown", detail: code || "no connection" };
}
