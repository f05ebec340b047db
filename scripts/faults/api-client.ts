/** Calls of the API as a client makes them, each with what it may make of the answer. */
import { randomUUID } from "node:crypto";

/** ok: it says that it was done. fail: it says that it was not. info: the client cannot know. */
export type Verdict = "ok" | "fail" | "info";

export type Reply = {
  call: string;
  at: string;
  durationMs: number;
  /** null: no answer came. */
  status: number | null;
  text: string;
  body: Record<string, unknown>;
  headers: Headers;
  verdict: Verdict;
};

/** What an API call may answer, whatever is broken around it. */
const allowedStatuses = new Set([
  200, 201, 202, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503,
]);
const leak =
  /\bat [\w.<>]+ \(|node_modules|\/(?:home|root|tmp|usr|var)\/|file:\/\/|\bSELECT\b|\bINSERT\b|prisma|postgres|ECONN|\bstack\b/i;

// Longer than any call may take: a gateway's ten seconds and the database's.
const patienceMs = 30_000;

/** What says nothing of money yet: a refund under way, the shopper's turn, money that is held only. */
const openStatuses = new Set<unknown>(["pending", "requires_action", "authorized"]);

function verdictOf(status: number | null, body: Record<string, unknown>): Verdict {
  if (status === 200 || status === 201) {
    if (body["status"] === "failed") return "fail";
    return openStatuses.has(body["status"]) ? "info" : "ok";
  }
  if (status === null || status === 202 || status >= 500) return "info";
  // A call that was made already and still runs says nothing of its end.
  return body["code"] === "request_in_progress" || status === 429 ? "info" : "fail";
}

export type Asked = {
  method?: "GET" | "POST";
  body?: unknown;
  key?: string | undefined;
  headers?: Record<string, string>;
  /** The client goes away when this fires. */
  leaving?: AbortSignal | undefined;
};

export class ApiClient {
  readonly #urls: readonly string[];
  readonly #passwords = new Map<string, string>();
  readonly #tokens = new Map<string, { access: string; until: number }>();
  #turn = 0;
  /** What no answer may be: told at the end. */
  readonly offences: string[] = [];
  readonly counts = new Map<string, number>();

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  addAccount(email: string, password: string): void {
    this.#passwords.set(email, password);
  }

  /** Sends one request and looks at its answer; never throws. */
  async call(email: string | null, path: string, asked: Asked = {}): Promise<Reply> {
    const base = this.#urls[this.#turn++ % this.#urls.length] ?? "";
    const token = email === null ? null : await this.#token(email, base);
    const at = new Date().toISOString();
    const startedAt = performance.now();
    const method = asked.method ?? (asked.body === undefined ? "GET" : "POST");
    const answer = await this.#send(base + path, {
      method,
      headers: {
        "x-request-id": randomUUID(),
        ...(asked.body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(asked.key === undefined ? {} : { "idempotency-key": asked.key }),
        ...asked.headers,
      },
      ...(asked.leaving === undefined ? {} : { signal: asked.leaving }),
      ...(asked.body === undefined
        ? {}
        : { body: typeof asked.body === "string" ? asked.body : JSON.stringify(asked.body) }),
    });
    const call = `${method} ${path}`;
    const reply: Reply = {
      call,
      at,
      durationMs: Math.round(performance.now() - startedAt),
      ...answer,
      verdict: verdictOf(answer.status, answer.body),
    };
    this.#judge(reply);
    return reply;
  }

  async #send(
    url: string,
    init: RequestInit,
  ): Promise<Pick<Reply, "status" | "text" | "body" | "headers">> {
    try {
      const patience = AbortSignal.timeout(patienceMs);
      const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience;
      const response = await fetch(url, { ...init, signal });
      const text = await response.text();
      return { status: response.status, text, body: parsed(text), headers: response.headers };
    } catch (error) {
      const text = error instanceof Error ? error.name : "error";
      return { status: null, text, body: {}, headers: new Headers() };
    }
  }

  #judge({ call, status, text, durationMs }: Reply): void {
    const name = String(status ?? "no answer");
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (status === null) return;
    if (!allowedStatuses.has(status))
      this.offences.push(`${call} answered ${status}: ${text.slice(0, 200)}`);
    else if (leak.test(text))
      this.offences.push(`${call} let something out: ${text.slice(0, 300)}`);
    if (durationMs > 25_000) this.offences.push(`${call} took ${durationMs} ms`);
  }

  /** Signs in where there is no good token; tries for as long as the service is away. */
  async #token(email: string, base: string): Promise<string> {
    const known = this.#tokens.get(email);
    if (known && known.until > Date.now()) return known.access;
    for (let attempt = 1; ; attempt += 1) {
      const body = JSON.stringify({ email, password: this.#passwords.get(email) });
      const headers = { "content-type": "application/json" };
      const answer = await this.#send(`${base}/api/token/`, { method: "POST", headers, body });
      if (answer.status === 200) {
        const access = String(answer.body["access"]);
        this.#tokens.set(email, { access, until: Date.now() + 10 * 60_000 });
        return access;
      }
      if (attempt === 100) throw new Error(`no token: ${answer.status} ${answer.text}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { list: value } : (value as Record<string, unknown>);
  } catch {
    return {};
  }
}
