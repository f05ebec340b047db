import { randomUUID } from "node:crypto";
import { issueTokens } from "../auth/api-tokens.ts";
import { sealSession, cookieName } from "../auth/session-cookie.ts";
import { findAccount } from "../db/users.ts";
import type { Viewer } from "../domain/actor.ts";
import { getEnv, type Env } from "../env.ts";
import type { RouteHandler } from "../http/call.ts";
import { remoteAddressHeader } from "../http/client-address.ts";

type Call = {
  method?: string;
  path?: string;
  params?: Record<string, string>;
  /** A value is sent as JSON; text and bytes are sent as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
};

export type ApiAnswer = {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
};

let addresses = 0;

/** An address that no other call of this process comes from, so that no limit joins two tests. */
export function anAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** The request that a client would send, as the server hands it to a route. */
function aRequest(call: Call): Request {
  const { method = "GET", path = "/api/", body, token } = call;
  const isRaw =
    typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const headers = new Headers({
    [remoteAddressHeader]: anAddress(),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...call.headers,
  });
  const payload = body === undefined ? null : isRaw ? (body as BodyInit) : JSON.stringify(body);
  return new Request(`${getEnv().PUBLIC_URL}${path}`, {
    method,
    headers,
    body: payload,
    duplex: "half",
  } as RequestInit);
}

/** Calls a route handler as server.ts does and reads its answer. */
export async function callApi(handler: RouteHandler, call: Call): Promise<ApiAnswer> {
  const response = await handler(aRequest(call), { params: Promise.resolve(call.params ?? {}) });
  const text = await response.text();
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, text, body };
}

/** An access token of that person, as sign-in gives it. */
export async function tokenOf(viewer: Viewer): Promise<string> {
  return (await tokensOf(viewer)).access;
}

export async function tokensOf(viewer: Viewer): Promise<{ access: string; refresh: string }> {
  const account = await findAccount(viewer.userId);
  if (account === null) throw new Error("no such account");
  return await issueTokens(account);
}

/** The Cookie header of that person's browser. */
export async function cookieOf(viewer: Viewer): Promise<string> {
  const account = await findAccount(viewer.userId);
  const sessionVersion = account?.sessionVersion ?? 0;
  return `${cookieName("session")}=${await sealSession({ userId: viewer.userId, sessionVersion })}`;
}

const anyGlobal = globalThis as unknown as Record<symbol, unknown>;

let isOverridden = false;

/** Runs `work` with other settings than the process started with. One at a time. */
export async function withSettings<T>(settings: Partial<Env>, work: () => Promise<T>): Promise<T> {
  if (isOverridden) throw new Error("settings are overridden already");
  isOverridden = true;
  const symbol = Symbol.for("tollbooth.env");
  const before = { value: getEnv() };
  anyGlobal[symbol] = { value: Object.freeze({ ...before.value, ...settings }) };
  try {
    return await work();
  } finally {
    anyGlobal[symbol] = before;
    isOverridden = false;
  }
}

/** Forgets a value that is kept once a process, such as "external-jwks". */
export function forgetProcessGlobal(name: string): void {
  Reflect.deleteProperty(anyGlobal, Symbol.for(`tollbooth.${name}`));
}

export const aKey = (): string => randomUUID();
