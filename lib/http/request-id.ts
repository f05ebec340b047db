import { randomUUID } from "node:crypto";

// What proxies and clients really send: UUIDs, ULIDs, trace ids. Anything else could forge a log line.
const sanePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The caller's `X-Request-Id` where it is a plain token of 8 to 64 characters, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && sanePattern.test(given) ? given : randomUUID();
}
