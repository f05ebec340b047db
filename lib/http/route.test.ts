import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { db } from "../db/client.ts";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError, type ErrorCode } from "../domain/errors.ts";
import { getEnv } from "../env.ts";
import {
  aKey,
  anAddress,
  callApi,
  cookieOf,
  tokenOf,
  withSettings,
  type ApiAnswer,
} from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import type { Call, RouteHandler } from "./call.ts";
import { remoteAddressHeader } from "./client-address.ts";
import { absentEndpoint, endpoint } from "./endpoint.ts";
import { problems } from "./problem.ts";
import { route } from "./route.ts";

const base = { path: "/api/test/", summary: "", limit: "read", answers: {} } as const;
const reading = { ...base, method: "GET", auth: "user" } as const satisfies Call;
const open = { ...base, method: "GET", auth: "public" } as const satisfies Call;
const writing = {
  ...base,
  method: "POST",
  auth: "user",
  limit: "write",
  idempotent: true,
  body: z.strictObject({ text: z.string().optional() }),
} as const satisfies Call;

const ok = () => Promise.resolve(Response.json({ ok: true }));
const failing = (error: unknown): RouteHandler => route(open, () => Promise.reject(error as Error));

let viewer: Viewer;
let token: string;
beforeAll(async () => {
  viewer = await aViewer();
  token = await tokenOf(viewer);
});

function expectEveryHeader({ headers }: ApiAnswer): void {
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

describe("every answer carries every header", () => {
  test("200, and HEAD has them without the body", async () => {
    const { GET, HEAD } = endpoint({ GET: route(open, ok) });
    expectEveryHeader(await callApi(GET, {}));
    const head = await callApi(HEAD, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    expectEveryHeader(head);
  });

  test.each(Object.entries(problems))("%s", async (code, { status, shape }) => {
    const answer = await callApi(failing(new PaymentError(code as ErrorCode, "Refused.")), {});
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ [shape]: "Refused.", code });
    expectEveryHeader(answer);
    expect(answer.headers.has("www-authenticate")).toBe(status === 401);
    expect(answer.headers.has("retry-after")).toBe(status === 503);
  });

  test("a path that is not there", async () => {
    for (const [method, handler] of Object.entries(absentEndpoint())) {
      const answer = await callApi(handler, { method, path: "/api/nothing/" });
      expect(answer.status).toBe(404);
      if (method !== "HEAD")
        expect(answer.body).toEqual({ detail: "Not found.", code: "not_found" });
      expectEveryHeader(answer);
    }
  });

  test("a method that is not there, with Allow, whatever an override header says", async () => {
    const handlers = endpoint({ POST: route(writing, ok) });
    for (const method of ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const) {
      const answer = await callApi(handlers[method], {
        method,
        headers: { "x-http-method-override": "POST" },
      });
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe("POST");
      expectEveryHeader(answer);
    }
  });
});

describe("what nobody expected", () => {
  test.each([
    new Error("secret at /work/x.ts"),
    "text",
    null,
    { code: "P2002", meta: { sql: "SELECT" } },
  ])("ends as a 500 that tells nothing", async (thrown) => {
    const answer = await callApi(failing(thrown), {});
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ detail: "Internal server error.", code: "internal_error" });
    expectEveryHeader(answer);
  });

  test("a database that is away is 503 with Retry-After", async () => {
    const answer = await callApi(
      failing(Object.assign(new Error("connect"), { code: "ECONNREFUSED" })),
      {},
    );
    expect(answer).toMatchObject({ status: 503, body: { code: "service_unavailable" } });
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
  });

  test("a path that cannot be decoded names nothing", async () => {
    const call = { ...open, params: z.object({ id: z.string() }) } as const;
    const context = {
      get params(): Promise<never> {
        return Promise.reject(new URIError("malformed"));
      },
    };
    const response = await route(call, ok)(
      new Request("http://localhost:8000/api/test/%zz/"),
      context,
    );
    expect(response.status).toBe(404);
  });
});

describe("the request id", () => {
  test.each(["0b7f9e3c-6f0e-4c3a-9d55-000000000001", "trace_01HZX"])("%s is kept", async (id) => {
    expect(
      (await callApi(route(open, ok), { headers: { "x-request-id": id } })).headers.get(
        "x-request-id",
      ),
    ).toBe(id);
  });

  test.each([
    "short",
    "x".repeat(65),
    "a b c d e f g",
    '{"level":50}',
    "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
  ])("%s is replaced", async (id) => {
    expect(
      (await callApi(route(open, ok), { headers: { "x-request-id": id } })).headers.get(
        "x-request-id",
      ),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("who may call", () => {
  test("nobody without credentials, and that is said before anything is parsed", async () => {
    const answer = await callApi(route(writing, ok), { method: "POST", body: "{" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("staff and admin calls refuse the others", async () => {
    const asked = async (auth: "staff" | "admin", role: Viewer["role"]) =>
      (
        await callApi(route({ ...reading, auth }, ok), {
          token: await tokenOf(await aViewer(role)),
        })
      ).status;
    expect(await asked("staff", "customer")).toBe(403);
    expect(await asked("staff", "support")).toBe(200);
    expect(await asked("admin", "support")).toBe(403);
    expect(await asked("admin", "admin")).toBe(200);
  });

  test("a public call takes no notice of a token that is not valid", async () => {
    expect((await callApi(route(open, ok), { token: "a.b.c" })).status).toBe(200);
  });
});

describe("a browser session", () => {
  const ours = (): Record<string, string> => ({ origin: getEnv().PUBLIC_URL });

  test("reads, and writes from the site's own pages", async () => {
    const cookie = await cookieOf(viewer);
    expect((await callApi(route(reading, ok), { headers: { cookie } })).status).toBe(200);
    expect(
      (
        await callApi(route(writing, ok), {
          method: "POST",
          body: {},
          headers: { cookie, ...ours() },
        })
      ).status,
    ).toBe(200);
  });

  const strangers: [name: string, headers: Record<string, string>][] = [
    ["no Origin", {}],
    ["null", { origin: "null" }],
    ["another site", { origin: "https://evil.example" }],
    ["another port", { origin: "http://localhost:1" }],
    ["a longer name", { origin: "http://localhost:8000.evil.example" }],
    ["a Referer alone", { referer: "http://localhost:8000/" }],
    [
      "another site that forges Host",
      { origin: "https://evil.example", host: "evil.example", "x-forwarded-host": "evil.example" },
    ],
  ];
  test.each(strangers)("does not write for %s", async (_name, headers) => {
    const cookie = await cookieOf(viewer);
    const answer = await callApi(route(writing, ok), {
      method: "POST",
      body: {},
      headers: { cookie, ...headers },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
  });

  test("a token needs no Origin, and a bad token is not made good by a cookie", async () => {
    expect((await callApi(route(writing, ok), { method: "POST", body: {}, token })).status).toBe(
      200,
    );
    const cookie = await cookieOf(viewer);
    expect(
      (await callApi(route(reading, ok), { token: "a.b.c", headers: { cookie } })).status,
    ).toBe(401);
  });
});

describe("limits", () => {
  const few = {
    RATE_LIMIT_READ: { requests: 2, windowMs: 60_000 },
    RATE_LIMIT_TOKEN: { requests: 2, windowMs: 60_000 },
  };

  test("over the limit: 429 as the contract words it, for that person alone", async () => {
    await withSettings(few, async () => {
      const mine = await tokenOf(await aViewer());
      const statuses = [];
      for (let time = 0; time < 3; time += 1)
        statuses.push((await callApi(route(reading, ok), { token: mine })).status);
      expect(statuses).toEqual([200, 200, 429]);
      const refused = await callApi(route(reading, ok), { token: mine });
      const seconds = refused.headers.get("retry-after");
      expect(refused.body.detail).toBe(
        `Request was throttled. Expected available in ${seconds} seconds.`,
      );
      expect(refused.headers.get("ratelimit-remaining")).toBe("0");
      expectEveryHeader(refused);
      expect(
        (await callApi(route(reading, ok), { token: await tokenOf(await aViewer()) })).status,
      ).toBe(200);
    });
  });

  test("no header of the caller's makes it somebody else", async () => {
    await withSettings(few, async () => {
      const address = anAddress();
      const statuses = [];
      for (let time = 0; time < 4; time += 1) {
        const headers = {
          [remoteAddressHeader]: address,
          "x-forwarded-for": `198.51.100.${time}`,
          "x-real-ip": `198.51.100.${time}`,
        };
        statuses.push((await callApi(route(open, ok), { headers })).status);
      }
      expect(statuses).toEqual([200, 200, 429, 429]);
    });
  });

  test("a bad token counts by address; signing in does even with a good one", async () => {
    await withSettings(few, async () => {
      const headers = { [remoteAddressHeader]: anAddress() };
      const bad = [];
      for (const guess of ["a.b.c", "d.e.f", "g.h.i"])
        bad.push((await callApi(route(reading, ok), { token: guess, headers })).status);
      expect(bad).toEqual([401, 401, 429]);
      const signIn = route({ ...open, limit: "token" }, ok);
      const statuses = [];
      for (let time = 0; time < 3; time += 1) {
        statuses.push(
          (await callApi(signIn, { token: await tokenOf(await aViewer()), headers })).status,
        );
      }
      expect(statuses).toEqual([200, 200, 429]);
    });
  });
});

describe("input", () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    callApi(
      route(writing, async ({ body: { text } }) => Promise.resolve(Response.json({ text }))),
      { method: "POST", token, body, headers },
    );

  const refused: [name: string, body: unknown, headers: Record<string, string>, status: number][] =
    [
      ["malformed JSON", "{", {}, 400],
      ["an unknown field", { text: "a", more: 1 }, {}, 400],
      ["an array", [], {}, 400],
      ["NUL", '{"text":"\\u0000"}', {}, 400],
      ["JSON as text", '{"text":"a"}', { "content-type": "text/plain" }, 415],
      [
        "JSON as a form",
        '{"text":"a"}',
        { "content-type": "application/x-www-form-urlencoded" },
        415,
      ],
      ["gzip", '{"text":"a"}', { "content-encoding": "gzip" }, 415],
      ["a body of 10 MB", new Uint8Array(10_485_760).fill(32), {}, 413],
    ];
  test.each(refused)(
    "%s is refused in the contract's shape",
    async (_name, body, headers, status) => {
      const answer = await post(body, headers);
      expect(answer.status).toBe(status);
      expect(answer.body.detail).toBeTypeOf("string");
      expectEveryHeader(answer);
    },
  );

  test("a wrong field is named in detail and in errors", async () => {
    const answer = await post({ text: 1 });
    expect(answer.body).toEqual({
      detail: expect.stringMatching(/^text: /),
      code: "invalid_request",
      errors: { text: [expect.any(String)] },
    });
  });
});

describe("Idempotency-Key", () => {
  test("the handler gets the key's row, a repetition the first answer, errors included", async () => {
    const ids: (string | undefined)[] = [];
    const handler = route(writing, ({ idempotencyKeyId }) => {
      ids.push(idempotencyKeyId);
      return Promise.reject(new PaymentError("amount_exceeds_refundable", "Too much."));
    });
    const call = { method: "POST", token, body: {}, headers: { "idempotency-key": aKey() } };
    const first = await callApi(handler, call);
    const second = await callApi(handler, call);
    expect(first).toMatchObject({ status: 400, body: { error: "Too much." } });
    expect(second).toMatchObject({ status: 400, text: first.text });
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(ids).toEqual([expect.any(String)]);
    expectEveryHeader(second);
  });

  test("an unexpected failure frees the key", async () => {
    let calls = 0;
    const handler = route(writing, () => (++calls === 1 ? Promise.reject(new Error("bug")) : ok()));
    const call = { method: "POST", token, body: {}, headers: { "idempotency-key": aKey() } };
    expect((await callApi(handler, call)).status).toBe(500);
    expect((await callApi(handler, call)).status).toBe(200);
  });

  test("one that cannot be kept is 400, another body is 422", async () => {
    const handler = route(writing, ok);
    const call = { method: "POST", token, body: {} };
    expect(
      (await callApi(handler, { ...call, headers: { "idempotency-key": "a b" } })).status,
    ).toBe(400);
    const headers = { "idempotency-key": aKey() };
    await callApi(handler, { ...call, headers });
    expect((await callApi(handler, { ...call, headers, body: { text: "other" } })).status).toBe(
      422,
    );
  });

  test("a request that was not valid takes no key", async () => {
    const headers = { "idempotency-key": aKey() };
    const call = { method: "POST", token, headers };
    expect((await callApi(route(writing, ok), { ...call, body: { no: 1 } })).status).toBe(400);
    expect(await db().idempotencyKey.count({ where: { key: headers["idempotency-key"] } })).toBe(0);
  });
});
