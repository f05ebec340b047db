import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PaymentError, type ErrorCode } from "../domain/errors.ts";
import { callApi } from "../testing/api.ts";
import { expectEveryHeader, ok, open, writing } from "../testing/route-fixture.ts";
import type { RouteHandler } from "./call.ts";
import { absentEndpoint, endpoint } from "./endpoint.ts";
import { problems } from "./problem.ts";
import { route } from "./route.ts";

const failing = (error: unknown): RouteHandler => route(open, () => Promise.reject(error as Error));

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
