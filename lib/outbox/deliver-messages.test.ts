import { createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { caseKeyOf, selectCases } from "../db/cases.ts";
import { db, inTransaction } from "../db/client.ts";
import { claimDueMessages, enqueueMessage } from "../db/outbox.ts";
import { startWorker } from "../jobs/worker.ts";
import { janitorRound } from "../jobs/rounds.ts";
import { withSettings } from "../testing/api.ts";
import { deliverDueMessages, reviveUndelivered } from "./deliver-messages.ts";

type Told = { headers: IncomingMessage["headers"]; body: string };
type Answer = (response: ServerResponse) => void;

const secret = `whsec_${Buffer.from("a key of the receiver, 32 bytes!").toString("base64")}`;
let server: Server | null = null;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
  await db().$executeRaw`UPDATE outbox_messages SET sent_at = now() WHERE sent_at IS NULL`;
});

/** Another system that is told things, on a socket; what it was told. */
async function aReceiver(
  answer: Answer = (response) => response.writeHead(204).end(),
): Promise<{ told: Told[]; url: string }> {
  const told: Told[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events` };
}

async function aMessage(): Promise<string> {
  const dedupeKey = `TXN-${randomBytes(6).toString("hex").toUpperCase()}`;
  const message = {
    topic: "order.paid",
    dedupeKey,
    payload: { transaction_id: dedupeKey },
  } as const;
  await inTransaction((tx) => enqueueMessage(tx, message));
  return dedupeKey;
}

const rowOf = (dedupeKey: string) =>
  db().outboxMessage.findFirstOrThrow({ where: { topic: "order.paid", dedupeKey } });

const deliverTo = (url: string) =>
  withSettings({ EVENTS_URL: url, EVENTS_SECRET: secret }, deliverDueMessages);

async function makeDue(dedupeKey: string): Promise<void> {
  await db().$executeRaw`
    UPDATE outbox_messages SET next_attempt_at = now() WHERE dedupe_key = ${dedupeKey}`;
}

describe("a message", () => {
  test("is told once, signed as Standard Webhooks says", async () => {
    const receiver = await aReceiver();
    const key = await aMessage();
    expect(await deliverTo(receiver.url)).toBe(1);
    expect(await deliverTo(receiver.url)).toBe(0);
    const [told] = receiver.told;
    expect(receiver.told).toHaveLength(1);
    expect(JSON.parse(told!.body)).toMatchObject({
      type: "order.paid",
      data: { transaction_id: key },
    });
    const {
      "webhook-id": id,
      "webhook-timestamp": at,
      "webhook-signature": signature,
    } = told!.headers;
    expect(id).toBe(`order_paid-${key}`);
    const expected = createHmac("sha256", "a key of the receiver, 32 bytes!")
      .update(`${String(id)}.${String(at)}.${told!.body}`)
      .digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect((await rowOf(key)).sentAt).not.toBeNull();
  });

  test("is told again under the same id with the same body after a crash before the mark", async () => {
    const receiver = await aReceiver();
    const key = await aMessage();
    await deliverTo(receiver.url);
    // As a worker leaves it that is killed once the receiver has answered.
    await db().$executeRaw`
      UPDATE outbox_messages SET sent_at = NULL, next_attempt_at = now() WHERE dedupe_key = ${key}`;
    await deliverTo(receiver.url);
    const [first, second] = receiver.told;
    expect(second!.headers["webhook-id"]).toBe(first!.headers["webhook-id"]);
    expect(second!.body).toBe(first!.body);
  });

  test("goes to the log where nobody is to be told, and is done", async () => {
    const key = await aMessage();
    expect(await deliverDueMessages()).toBe(1);
    expect((await rowOf(key)).sentAt).not.toBeNull();
  });

  test("that two deliverers see at once is taken by one, and given back to another by its lease", async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, aMessage));
    const claims = (
      await Promise.all(Array.from({ length: 6 }, () => claimDueMessages(10, 30_000)))
    ).flat();
    expect(claims.map((claim) => claim.dedupeKey).sort()).toEqual([...keys].sort());
    expect(await claimDueMessages(10, 30_000)).toEqual([]);
    await makeDue(keys[0]!);
    expect(await claimDueMessages(10, 30_000)).toMatchObject([{ dedupeKey: keys[0], attempts: 2 }]);
  });
});

describe("a receiver that", () => {
  test.each<[string, Answer, RegExp]>([
    ["fails", (response) => response.writeHead(500).end(), /answered 500/],
    [
      "sends us elsewhere",
      (response) => response.writeHead(302, { Location: "/" }).end(),
      /answered 302/,
    ],
    ["hangs up", (response) => response.destroy(), /not reached/],
  ])("%s gets it again later", async (_name, answer, reason) => {
    const receiver = await aReceiver(answer);
    const key = await aMessage();
    expect(await deliverTo(receiver.url)).toBe(0);
    const row = await rowOf(key);
    expect(row).toMatchObject({ sentAt: null, attempts: 1 });
    expect(row.lastError).toMatch(reason);
    expect(row.nextAttemptAt!.getTime()).toBeGreaterThan(Date.now() + 2_000);
    expect(receiver.told).toHaveLength(1);
  });

  test("answers without end is cut off, and has taken the message", async () => {
    let sent = 0;
    const receiver = await aReceiver((response) => {
      response.writeHead(200);
      const pump = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      response.on("drain", pump);
      pump();
    });
    const key = await aMessage();
    expect(await deliverTo(receiver.url)).toBe(1);
    expect((await rowOf(key)).sentAt).not.toBeNull();
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test("never answers is given up after 10 s, and held up no other", async () => {
    const receiver = await aReceiver(() => undefined);
    const keys = [await aMessage(), await aMessage()];
    const startedAt = performance.now();
    expect(await deliverTo(receiver.url)).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    for (const key of keys) expect((await rowOf(key)).lastError).toMatch(/no answer within 10 s/);
  });

  test("takes none of eight tries is put before a person; the daily round tells it after all", async () => {
    const refusing = await aReceiver((response) => response.writeHead(503).end());
    const key = await aMessage();
    for (let tries = 1; tries <= 8; tries += 1) {
      await deliverTo(refusing.url);
      if (tries < 8) await makeDue(key);
    }
    expect(await rowOf(key)).toMatchObject({ attempts: 8, nextAttemptAt: null, sentAt: null });
    const caseKey = caseKeyOf("message_undelivered", `order_paid-${key}`);
    const open = async () =>
      (await selectCases({ limit: 100, status: "open" })).some((one) => one.caseKey === caseKey);
    expect(await open()).toBe(true);
    expect(await deliverTo(refusing.url)).toBe(0);

    server?.closeAllConnections();
    server?.close();
    const receiver = await aReceiver();
    expect(await reviveUndelivered()).toBe(1);
    expect(await deliverTo(receiver.url)).toBe(1);
    expect(await open()).toBe(false);
  });
});

test("two workers tell each message once", async () => {
  const receiver = await aReceiver();
  const keys = await Promise.all(Array.from({ length: 40 }, aMessage));
  await withSettings({ EVENTS_URL: receiver.url, EVENTS_SECRET: secret }, async () => {
    const messages = { ...janitorRound, name: "messages", everySeconds: 1 };
    const round = { ...messages, run: async () => void (await deliverDueMessages()) };
    const workers = await Promise.all([startWorker([round]), startWorker([round])]);
    try {
      await vi.waitFor(() => expect(receiver.told.length).toBeGreaterThanOrEqual(40), 15_000);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  });
  const ids = receiver.told.map((told) => String(told.headers["webhook-id"]));
  expect(ids.sort()).toEqual(keys.map((key) => `order_paid-${key}`).sort());
});
