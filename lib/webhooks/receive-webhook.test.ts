import { beforeEach, describe, expect, test } from "vitest";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { aDummyConfiguration } from "../testing/builders.ts";
import {
  anEventId,
  aSecret,
  aStrangeBody,
  eventsWithId,
  postWebhook,
  setWebhookSecrets,
  signed,
} from "../testing/webhook-fixture.ts";
import { flushRejections } from "./count-rejections.ts";

const secret = aSecret();
let configurationId = 0;

beforeEach(async () => {
  configurationId = await aDummyConfiguration();
  await setWebhookSecrets(configurationId, [secret]);
});

async function counts(): Promise<{ events: number; jobs: number }> {
  const jobs = await db().$queryRaw<[{ count: bigint }]>`
    SELECT count(*) FROM jobs.job WHERE name = 'process-webhook'`;
  return { events: await db().webhookEvent.count(), jobs: Number(jobs[0].count) };
}

/** A second account at the same gateway, which takes no new payments. */
function anotherConfiguration(): Promise<number> {
  return inTransaction(async (tx) => {
    const data = {
      gateway: "dummy",
      merchantId: "second",
      publicKey: "",
      currency: "EUR",
    } as const;
    const row = await insertConfiguration(tx, data, (id) => sealSecret(id, "second"));
    await tx.paymentConfiguration.update({ where: { id: row.id }, data: { isActive: false } });
    return row.id;
  });
}

describe("a signed webhook", () => {
  test("is stored with its job, whatever its type, and answered at once", async () => {
    const id = anEventId();
    const body = aStrangeBody();
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
    const body = aStrangeBody();
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
    const body = aStrangeBody();
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
    const [first, second] = [aStrangeBody(), aStrangeBody()];
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
  const body = aStrangeBody();
  const good = signed(body, secret);
  const flipped = Buffer.from(body);
  flipped[4]! ^= 1;

  test.each<[string, string | Uint8Array, Record<string, string>]>([
    ["unsigned", body, {}],
    ["signed with another secret", body, signed(body, aSecret())],
    ["with a byte changed", flipped, good],
    ["with its id changed", body, { ...good, "webhook-id": "evt_other" }],
    ["with its time changed", body, { ...good, "webhook-timestamp": "1" }],
    ["ten minutes old", body, signed(body, secret, { at: new Date(Date.now() - 600_000) })],
    ["ten minutes early", body, signed(body, secret, { at: new Date(Date.now() + 600_000) })],
    ["with an empty id", body, signed(body, secret, { id: "" })],
    ["with an id too long to keep", body, signed(body, secret, { id: "e".repeat(300) })],
    ["with a signature of garbage", body, { ...good, "webhook-signature": "v1,%%" }],
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
    const answer = await postWebhook(endless, good);
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
      const body = aStrangeBody();
      return (await postWebhook(body, signed(body, key))).status;
    };
    await setWebhookSecrets(configurationId, [older, newer]);
    expect([await statusWith(older), await statusWith(newer)]).toEqual([200, 200]);
    await setWebhookSecrets(configurationId, [newer]);
    expect([await statusWith(older), await statusWith(newer)]).toEqual([400, 200]);
  });

  test.each(["none at all", "an empty list"])("being %s closes the endpoint: 503", async (how) => {
    await setWebhookSecrets(configurationId, []);
    if (how === "none at all") {
      await db().$executeRaw`UPDATE payment_configurations SET webhook_ciphertext = NULL`;
    }
    const body = aStrangeBody();
    const before = await counts();
    const answer = await postWebhook(body, signed(body, secret));
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: "webhooks_closed" });
    expect(await counts()).toEqual(before);
  });

  test("that do not open close their own account alone", async () => {
    const broken = await anotherConfiguration();
    await setWebhookSecrets(broken, [aSecret()]);
    await db().$executeRaw`
      UPDATE payment_configurations SET webhook_ciphertext = '\\x00' WHERE id = ${broken}`;
    const body = aStrangeBody();
    expect((await postWebhook(body, signed(body, secret))).status).toBe(200);
  });

  test("say whose account it is, the inactive one's too", async () => {
    const other = await anotherConfiguration();
    const key = aSecret();
    await setWebhookSecrets(other, [key]);
    const id = anEventId();
    const body = aStrangeBody();
    expect((await postWebhook(body, signed(body, key, { id }))).status).toBe(200);
    expect((await eventsWithId(id))[0]).toMatchObject({ configurationId: other });
  });
});

test("600 different ones at once are all stored, and a payment's query does not wait for them", async () => {
  const before = await counts();
  const bodies = Array.from({ length: 600 }, aStrangeBody);
  const answers = Promise.all(
    bodies.map(async (body) => (await postWebhook(body, signed(body, secret))).status),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const startedAt = performance.now();
  await db().$queryRaw`SELECT 1`;
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(new Set(await answers)).toEqual(new Set([200]));
  expect((await counts()).events).toBe(before.events + 600);
});

test("a gateway that is not there is 404", async () => {
  for (const gateway of ["nope", "__proto__"]) {
    expect((await postWebhook("{}", {}, gateway)).status).toBe(404);
  }
});
