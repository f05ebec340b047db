import type { RequestMeter } from "../observability/request-context.ts";
import type { LimitState } from "./rate-limit.ts";

// An API answer is never a document: nothing may be loaded from it and nobody may frame it.
const securityHeaders: Readonly<Record<string, string>> = {
  "Cache-Control": "private, no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  // One year, as browsers' preload lists ask for. Browsers ignore it on plain http.
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  Vary: "Authorization, Cookie",
};

/** What every API answer carries, the failed ones too. `limit` is null only where no limit was asked. */
export function withAnswerHeaders(
  response: Response,
  facts: { requestId: string; limit: LimitState | null; meter: RequestMeter },
): Response {
  // A copy, because the headers of some responses (redirects, fetched ones) cannot be changed.
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(securityHeaders)) headers.set(name, value);
  headers.set("X-Request-Id", facts.requestId);
  headers.set(
    "Server-Timing",
    `db;desc="queries=${facts.meter.queries}";dur=${facts.meter.durationMs.toFixed(1)}, cache;desc="none"`,
  );
  if (facts.limit) {
    const remaining = response.status === 429 ? 0 : facts.limit.remaining;
    headers.set("RateLimit-Limit", String(facts.limit.limit));
    headers.set("RateLimit-Remaining", String(remaining));
    headers.set("RateLimit-Reset", String(facts.limit.resetSeconds));
  }
  return new Response(response.body, { status: response.status, headers });
}
