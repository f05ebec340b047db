import { expect } from "vitest";
import { z } from "zod";
import type { Call } from "../http/call.ts";
import type { ApiAnswer } from "./api.ts";

// Calls that are made for the tests of what is around every handler.

const base = { path: "/api/test/", summary: "", limit: "read", answers: {} } as const;
/** A read for anybody who is signed in. */
export const reading = { ...base, method: "GET", auth: "user" } as const satisfies Call;
/** A read for anybody. */
export const open = { ...base, method: "GET", auth: "public" } as const satisfies Call;
/** A write that takes a key. */
export const writing = {
  ...base,
  method: "POST",
  auth: "user",
  limit: "write",
  idempotent: true,
  body: z.strictObject({ text: z.string().optional() }),
} as const satisfies Call;

export const ok = () => Promise.resolve(Response.json({ ok: true }));
/** Fails unless the answer carries all that the contract wants on every answer. */
export function expectEveryHeader({ headers }: ApiAnswer): void {
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get("cache-control")).toBe("private, no-store");
  expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("strict-transport-security")).toMatch(/^max-age=31536000/);
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("server-timing")).toMatch(
    /^db;desc="queries=\d+";dur=\d+\.\d, cache;desc="none"$/,
  );
  for (const name of ["limit", "remaining", "reset"])
    expect(headers.get(`ratelimit-${name}`)).toMatch(/^\d+$/);
  expect(headers.get("access-control-allow-origin")).toBeNull();
}
