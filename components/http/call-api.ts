/** What came of a call: an answer of the server, or none (offline, connection broken, time over). */
export type ApiResult =
  | {
      kind: "answered";
      status: number;
      body: ApiBody;
      retryAfterSeconds: number | null;
      requestId: string | null;
    }
  | { kind: "no_answer" };

/** The fields that answers of this API may hold and the pages read. */
export type ApiBody = {
  [field: string]: unknown;
  detail?: string;
  error?: string;
  code?: string;
  errors?: Record<string, string[]>;
};

// Longer than the slowest gateway call the server waits for, so that an answer is not thrown away.
const defaultTimeoutMs = 45_000;

type CallOptions = { idempotencyKey?: string; timeoutMs?: number };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function errorsOf(value: unknown): Record<string, string[]> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([field, messages]) => [
      field,
      Array.isArray(messages) ? messages.filter((message) => typeof message === "string") : [],
    ]),
  );
}

function bodyOf(parsed: unknown): ApiBody {
  if (Array.isArray(parsed)) return { items: parsed };
  if (!isObject(parsed)) return {};
  const { detail, error, code, errors, ...rest } = parsed;
  return {
    ...rest,
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof error === "string" ? { error } : {}),
    ...(typeof code === "string" ? { code } : {}),
    ...(errors === undefined ? {} : { errors: errorsOf(errors) }),
  };
}

async function call(path: string, init: RequestInit, timeoutMs: number): Promise<ApiResult> {
  try {
    const response = await fetch(path, {
      ...init,
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      kind: "answered",
      status: response.status,
      body: bodyOf(parseJson(text)),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
      requestId: response.headers.get("x-request-id"),
    };
  } catch {
    return { kind: "no_answer" };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads from this site's API. An array comes back as `body.items`. Never throws. */
export function getJson(path: string, options: CallOptions = {}): Promise<ApiResult> {
  return call(path, { method: "GET" }, options.timeoutMs ?? 15_000);
}

/** Writes to this site's API. Never throws. */
export function postJson(
  path: string,
  body: unknown,
  options: CallOptions = {},
): Promise<ApiResult> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (options.idempotencyKey !== undefined) headers["idempotency-key"] = options.idempotencyKey;
  return call(
    path,
    { method: "POST", headers, body: JSON.stringify(body) },
    options.timeoutMs ?? defaultTimeoutMs,
  );
}
