import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { aDummyConfiguration } from "../testing/builders.ts";
import { aSecret, bodyOf, secretsOf, signed } from "../testing/signing-gateway.ts";
import { eventsWithId, postWebhook } from "../testing/webhook-fixture.ts";
import { flushRejections } from "./count-rejections.ts";

vi.mock("../gateways/registry.ts", async () => {
  const { signingGateway } = await import("../testing/signing-gateway.ts");
  const find = (name: string) => (name === "dummy" ? signingGateway : null);
  return { findGateway: find, getGateway: find };
});
vi.mock("../payments/gateway-account.ts", async () => {
  const fixture = await import("../testing/signing-gateway.ts");
  return {
    gatewayAccount: ({ id }: { id: number }) => ({
      configurationId: id,
      webhookSecrets: fixture.secretsOf.get(id) ?? [],
    }),
  };
});

const secret = aSecret();
let configurationId = 0;

beforeEach(async () => {
  configurationId = await aDummyConfiguration();
  secretsOf.clear();
  secretsOf.set(configurationId, [secret]);
});

const anEventId = (): string => `evt_${randomBytes(9).toString("hex")}`;
const aBody = (): string => bodyOf({ kind: "ignored" });

async function counts(): Promise<{ events: number; jobs: number }> {
  const jobs = await db().$queryRaw<[{ count: bigint }]>`
    SELECT count(*) FROM jobs.job WHERE name = 'process-webhook'`;
  return { events: await db().webhookEvent.count(), jobs: Number(jobs[0].count) };
}

describe("a signed webhook", () => {
  test("is stored with its job, whatever its type, and answered at once", async () => {
    const id = anEventId();
    const body = aBody();
    const before = await counts();
    const answer = await postWebhook(body, signed(body, secret, { id }));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ received: true });
    const [row] = await eventsWithId(id);
    expect(row).toMatchObject({
      state: "received",
      configurationId,
      gateway: "dummy",
      attempts: 0,
    });
    expect(Buffer.from(row!.body).toString()).toBe(body);
    expect(await counts()).toEqual({ events: before.events + 1, jobs: before.jobs + 1 });
  });

  test("100 copies at once are one row and one job, and each is answered 200 within 5 s", async () => {
    const id = anEventId();
    const body = aBody();
    const headers = signed(body, secret, { id });
    const before = await counts();
    const startedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => postWebhook(body, headers)),
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(answers.map((answer) => answer.status)).toEqual(Array(100).fill(200));
    expect(await eventsWithId(id)).toHaveLength(1);
    expect(await counts()).toEqual({ events: before.events + 1, jobs: before.jobs + 1 });
  });

  test("with the same body under another id is the same event", async () => {
    const body = aBody();
    const first = anEventId();
    const second = anEventId();
    const before = await counts();
    for (const id of [first, second]) {
      expect((await postWebhook(body, signed(body, secret, { id }))).status).toBe(200);
    }
    expect(await eventsWithId(second)).toEqual([]);
    expect(await counts()).toEqual({ events: before.events + 1, jobs: before.jobs + 1 });
  });

  test("with a known id and another body changes nothing, and the first body stays", async () => {
    const id = anEventId();
    const [first, second] = [aBody(), aBody()];
    await postWebhook(first, signed(first, secret, { id }));
    const before = await counts();
    expect((await postWebhook(second, signed(second, secret, { id }))).status).toBe(200);
    const [row] = await eventsWithId(id);
    expect(Buffer.from(row!.body).toString()).toBe(first);
    expect(await counts()).toEqual(before);
  });

  test("of any bytes at all is stored: what it says is the worker's affair", async () => {
    for (const body of ["", "null", "[]", "\u0000", "{", "x".repeat(200_000)]) {
      const id = anEventId();
      expect((await postWebhook(body, signed(body, secret, { id }))).status).toBe(200);
      expect(await eventsWithId(id)).toHaveLength(1);
    }
  });
});

describe("a webhook that is refused leaves no row and no job", () => {
  const body = aBody();
  const good = signed(body, secret);
  const flipped = Buffer.from(body);
  flipped[4]! ^= 1;

  test.each<[string, string | Uint8Array, Record<string, string>]>([
    ["unsigned", body, {}],
    ["signed with another secret", body, signed(body, aSecret())],
    ["with a byte changed", flipped, good],
    ["with its id changed", body, { ...good, "webhook-id": "evt_other" }],
    ["with its time changed", body, { ...good, "webhook-timestamp": "1" }],
    ["ten minutes old", body, signed(body, secret, { at: Date.now() - 600_000 })],
    ["ten minutes early", body, signed(body, secret, { at: Date.now() + 600_000 })],
    ["with an empty id", body, signed(body, secret, { id: "" })],
    ["with an id too long to keep", body, signed(body, secret, { id: "e".repeat(300) })],
    [
      "with a signature of garbage",
      body,
      { ...good, "webhook-signature": "v1,💥".replace("💥", "%%") },
    ],
  ])("%s: 400", async (_name, sent, headers) => {
    const before = await counts();
    const answer = await postWebhook(sent, headers);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: "bad_signature",
      detail: expect.any(String) as string,
    });
    expect(await counts()).toEqual(before);
  });

  test("a flood of forgeries is counted in few writes", async () => {
    await flushRejections();
    const rejected = async () =>
      (await db().webhookRejection.aggregate({ _sum: { count: true } }))._sum.count ?? 0;
    const before = await rejected();
    await Promise.all(Array.from({ length: 60 }, () => postWebhook(body, signed(body, aSecret()))));
    await flushRejections();
    expect(await rejected()).toBe(before + 60);
    expect(await db().webhookRejection.count()).toBeLessThanOrEqual(2);
  });

  test("more than 1 MiB: 413, whatever its length header says", async () => {
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    const answer = await postWebhook(endless as unknown as string, good);
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(2 * 1024 * 1024);
    const whole = "x".repeat(1024 * 1024);
    expect((await postWebhook(whole, signed(whole, secret))).status).toBe(200);
    expect((await postWebhook(`${whole}x`, signed(`${whole}x`, secret))).status).toBe(413);
  });
});

describe("the secrets", () => {
  test("are both good while one is being replaced, and the old one is not after", async () => {
    const [older, newer] = [aSecret(), aSecret()];
    const statusWith = async (key: string) => {
      const body = aBody();
      return (await postWebhook(body, signed(body, key))).status;
    };
    secretsOf.set(configurationId, [older, newer]);
    expect([await statusWith(older), await statusWith(newer)]).toEqual([200, 200]);
    secretsOf.set(configurationId, [newer]);
    expect([await statusWith(older), await statusWith(newer)]).toEqual([400, 200]);
  });

  test.each([[[]], [[""]]])("being none closes the endpoint: 503 for %j", async (none) => {
    secretsOf.set(configurationId, none);
    const body = aBody();
    const before = await counts();
    const answer = await postWebhook(body, signed(body, secret));
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: "webhooks_closed" });
    expect(await counts()).toEqual(before);
  });

  test("say whose account it is, the inactive one's too", async () => {
    const other = await inTransaction(async (tx) => {
      const row = await insertConfiguration(
        tx,
        { gateway: "dummy", merchantId: "second", publicKey: "", currency: "EUR" },
        (id) => sealSecret(id, "second"),
      );
      await tx.paymentConfiguration.update({ where: { id: row.id }, data: { isActive: false } });
      return row.id;
    });
    const key = aSecret();
    secretsOf.set(other, [key]);
    const id = anEventId();
    const body = aBody();
    expect((await postWebhook(body, signed(body, key, { id }))).status).toBe(200);
    expect((await eventsWithId(id))[0]).toMatchObject({ configurationId: other });
  });
});

test("2,000 different ones at once are all stored, and a payment's query does not wait for them", async () => {
  const before = await counts();
  const bodies = Array.from({ length: 2_000 }, aBody);
  const answers = Promise.all(
    bodies.map(async (body) => (await postWebhook(body, signed(body, secret))).status),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const startedAt = performance.now();
  await db().$queryRaw`SELECT 1`;
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(new Set(await answers)).toEqual(new Set([200]));
  expect((await counts()).events).toBe(before.events + 2_000);
});

test("a gateway that is not there, or has no webhooks, is 404", async () => {
  for (const gateway of ["stripe", "nope", "__proto__"]) {
    expect((await postWebhook("{}", {}, gateway)).status).toBe(404);
  }
});
