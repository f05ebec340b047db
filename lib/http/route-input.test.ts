import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { PaymentError } from "../domain/errors.ts";
import { aKey, callApi, tokenOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { expectEveryHeader, ok, writing } from "../testing/route-fixture.ts";
import { route } from "./route.ts";

let token: string;
beforeAll(async () => {
  token = await tokenOf(await aViewer());
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
