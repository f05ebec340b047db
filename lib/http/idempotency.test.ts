import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import type { Viewer } from "../domain/actor.ts";
import { aKey } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { idempotencyKeyOf, runOnce, type CodedAnswer } from "./idempotency.ts";

let viewer: Viewer;
beforeAll(async () => {
  viewer = await aViewer();
});

type Attempt = { key: string; body?: string; path?: string; as?: Viewer };

/** Runs a request under a key; the answer's body counts how often anything was run. */
function once(
  attempt: Attempt,
  run: (keyId: string) => Promise<CodedAnswer>,
): Promise<CodedAnswer> {
  const request = new Request(`http://localhost${attempt.path ?? "/api/payment/refund/"}`, {
    method: "POST",
  });
  const body = new TextEncoder().encode(attempt.body ?? '{"a":1}');
  return runOnce(request, { userId: (attempt.as ?? viewer).userId, key: attempt.key, body }, run);
}

function answering(status: number, body: unknown = { n: 1 }, code: string | null = null) {
  const ids: string[] = [];
  const run = (keyId: string): Promise<CodedAnswer> => {
    ids.push(keyId);
    return Promise.resolve({ response: Response.json(body, { status }), code });
  };
  return { run, ids };
}

describe("the header", () => {
  test.each(["a", "x".repeat(255), "0b7f9e3c-1", "~!@#"])("%s is a key", (key) => {
    expect(idempotencyKeyOf(new Headers({ "idempotency-key": key }))).toBe(key);
  });

  test.each(["x".repeat(256), "a b", "", "caf\u00e9"])("%j is refused", (key) => {
    expect(() => idempotencyKeyOf(new Headers({ "idempotency-key": key }))).toThrow(
      "Idempotency-Key",
    );
  });

  test("two of them are refused", () => {
    const headers = new Headers([
      ["idempotency-key", "a"],
      ["idempotency-key", "b"],
    ]);
    expect(() => idempotencyKeyOf(headers)).toThrow("Idempotency-Key");
  });
});

describe("a repetition", () => {
  test("gets the first status and body again, byte for byte, and runs nothing", async () => {
    const key = aKey();
    const { run, ids } = answering(201, { text: "\u00fc \u{1F697}", n: "1.00" });
    const first = await once({ key }, run);
    const second = await once({ key }, run);
    expect(ids).toHaveLength(1);
    expect(second.response.status).toBe(201);
    expect(second.response.headers.get("idempotent-replayed")).toBe("true");
    expect(first.response.headers.get("idempotent-replayed")).toBeNull();
    expect(await second.response.text()).toBe(await first.response.text());
  });

  test("with and without the trailing slash is the same request", async () => {
    const key = aKey();
    const { run, ids } = answering(200);
    await once({ key, path: "/api/orders/" }, run);
    await once({ key, path: "/api/orders" }, run);
    expect(ids).toHaveLength(1);
  });

  test("with another body is refused and changes nothing", async () => {
    const key = aKey();
    const { run, ids } = answering(200);
    await once({ key }, run);
    await expect(once({ key, body: '{"a":2}' }, run)).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
    expect((await once({ key }, run)).response.headers.get("idempotent-replayed")).toBe("true");
    expect(ids).toHaveLength(1);
  });

  test("by another user, or for another call, is a request of its own", async () => {
    const key = aKey();
    const { run, ids } = answering(200);
    await once({ key }, run);
    await once({ key, as: await aViewer() }, run);
    await once({ key, path: "/api/payment/process/" }, run);
    expect(ids).toHaveLength(3);
  });

  test.each([400, 402, 403, 404, 409, 422, 202])(
    "of an answer %i gets it again",
    async (status) => {
      const key = aKey();
      const { run, ids } = answering(status);
      await once({ key }, run);
      expect((await once({ key }, run)).response.status).toBe(status);
      expect(ids).toHaveLength(1);
    },
  );

  test.each([401, 429, 500, 502, 503])(
    "of an answer %i runs again, under the same id",
    async (status) => {
      const key = aKey();
      const failed = answering(status);
      await once({ key }, failed.run);
      const { run, ids } = answering(200);
      expect((await once({ key }, run)).response.status).toBe(200);
      expect(ids).toEqual(failed.ids);
    },
  );

  test("of one that was told to come again runs", async () => {
    const key = aKey();
    await once({ key }, answering(409, {}, "request_in_progress").run);
    expect((await once({ key }, answering(200).run)).response.status).toBe(200);
  });
});

describe("while the first call runs", () => {
  test("a repetition is told to wait; of fifty at once, one runs", async () => {
    const key = aKey();
    const { promise: gate, resolve: open } = Promise.withResolvers<null>();
    let runs = 0;
    const slow = async (): Promise<CodedAnswer> => {
      runs += 1;
      await gate;
      return { response: Response.json({}), code: null };
    };
    const refused: unknown[] = [];
    const { promise: allRefused, resolve: sawAll } = Promise.withResolvers<null>();
    const attempts = Array.from({ length: 50 }, () =>
      once({ key }, slow).catch((error: unknown) => {
        if (refused.push(error) === 49) sawAll(null);
      }),
    );
    await allRefused;
    open(null);
    await Promise.all(attempts);
    expect(runs).toBe(1);
    for (const error of refused)
      expect(error).toMatchObject({ code: "request_in_progress", retryAfterSeconds: 1 });
  });

  test("another body is refused at once", async () => {
    const key = aKey();
    const { promise: gate, resolve: open } = Promise.withResolvers<null>();
    const { promise: started, resolve: start } = Promise.withResolvers<null>();
    const running = once({ key }, async () => {
      start(null);
      await gate;
      return { response: Response.json({}), code: null };
    });
    await started;
    await expect(once({ key, body: "{}" }, answering(200).run)).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
    open(null);
    await running;
  });
});

describe("where the first call crashed", () => {
  const crash = new Error("killed");
  const age = (key: string, seconds: number): Promise<number> =>
    db()
      .$executeRaw`UPDATE idempotency_keys SET locked_at = now() - make_interval(secs => ${seconds}) WHERE key = ${key}`;

  /** Leaves the row as a killed process does: claimed, and never settled. */
  async function crashed(key: string): Promise<string> {
    let id = "";
    const died = once({ key }, (keyId) => {
      id = keyId;
      return Promise.reject(crash);
    });
    await expect(died).rejects.toBe(crash);
    return id;
  }

  test("the key is held for a minute, then taken over once, under the same id", async () => {
    const key = aKey();
    const id = await crashed(key);
    await age(key, 55);
    await expect(once({ key }, answering(200).run)).rejects.toMatchObject({
      code: "request_in_progress",
    });
    await age(key, 61);
    const { run, ids } = answering(200);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => once({ key }, run)));
    expect(ids).toEqual([id]);
    expect(answers.some((answer) => answer.status === "fulfilled")).toBe(true);
  });

  test("another body never takes it over", async () => {
    const key = aKey();
    await crashed(key);
    await age(key, 600);
    await expect(once({ key, body: "{}" }, answering(200).run)).rejects.toMatchObject({
      code: "idempotency_mismatch",
    });
  });

  test("one that was only slow keeps no answer over the one that took over", async () => {
    const key = aKey();
    const { promise: gate, resolve: open } = Promise.withResolvers<null>();
    const { promise: started, resolve: start } = Promise.withResolvers<null>();
    const slow = once({ key }, async () => {
      start(null);
      await gate;
      return { response: Response.json({ by: "slow" }), code: null };
    });
    await started;
    await age(key, 61);
    await once({ key }, answering(200, { by: "second" }).run);
    open(null);
    await slow;
    const replayed = await once({ key }, answering(200).run);
    expect(await replayed.response.json()).toEqual({ by: "second" });
  });
});
