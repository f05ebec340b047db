import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#lib/db/client";
import { bookCharge } from "#lib/db/dummy-book";
import { addDummyFault } from "#lib/db/dummy-calls";
import { translateWebhook } from "#lib/gateways/dummy/translate-webhook";
import { verifyWebhook } from "#lib/gateways/dummy/verify-webhook";
import { DummyDeliverer } from "./dummy-deliverer.ts";

type Received = { id: string; merchantReference: string; verified: boolean; amountMinor: string };

const secret = `whsec_${randomBytes(32).toString("base64")}`;
let shop: Server;
let received: Received[] = [];
/** What the shop answers next; 200 when there is nothing more. */
let answers: number[] = [];
let open = 0;
let mostOpen = 0;

beforeAll(async () => {
  shop = createServer((request, response) => {
    const chunks: Buffer[] = [];
    mostOpen = Math.max(mostOpen, (open += 1));
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const headers = new Headers(request.headers as Record<string, string>);
      const { data } = JSON.parse(body.toString()) as { data: Record<string, string> };
      received.push({
        id: headers.get("webhook-id")!,
        merchantReference: data["merchant_reference"]!,
        amountMinor: data["amount_minor"]!,
        verified: verifyWebhook({ headers, body }, secret, new Date()) !== null,
      });
      expect(translateWebhook(body).type).toBe("charge.succeeded");
      setTimeout(() => {
        open -= 1;
        response.writeHead(answers.shift() ?? 200).end();
      }, 5);
    });
  });
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const { port } = shop.address() as AddressInfo;
  const webhookUrl = `http://127.0.0.1:${port}/api/payment/webhooks/dummy/`;
  await db().dummyAccount.create({ data: { merchantId: "m", webhookUrl, webhookSecret: secret } });
});
afterAll(() => shop.close());

beforeEach(async () => {
  received = [];
  answers = [];
  mostOpen = 0;
  await db().dummyEvent.deleteMany();
  await db().dummyFault.deleteMany();
});

async function aPaidCharge(merchantReference: string): Promise<void> {
  await bookCharge({
    idempotencyKey: randomUUID(),
    merchantReference,
    state: "succeeded",
    captureMethod: "automatic",
    amountMinor: 15000n,
    currency: "USD",
    declineCode: null,
    cardBrand: null,
    cardLast4: null,
    returnUrl: null,
    expiresInMs: null,
  });
}

/** Delivers until nothing is due. */
async function deliver(deliverer = new DummyDeliverer()): Promise<void> {
  while ((await deliverer.deliverDue()) > 0);
  await deliverer.settled();
}
const makeDue = () =>
  db().dummyEvent.updateMany({
    where: { deliveredAt: null, nextAttemptAt: { not: null } },
    data: { nextAttemptAt: new Date(0) },
  });
const names = () => received.map(({ merchantReference }) => merchantReference);

test("an event is delivered once, signed", async () => {
  await aPaidCharge("A");
  await deliver();
  await deliver();
  expect(received).toMatchObject([
    { merchantReference: "A", verified: true, amountMinor: "15000" },
  ]);
});

test("one that is not taken in comes again, later each time, with its id; for three days", async () => {
  answers = [500, 404, 302];
  await aPaidCharge("A");
  for (const seconds of [1, 5, 30]) {
    await deliver();
    const event = await db().dummyEvent.findFirstOrThrow();
    const inS = (event.nextAttemptAt!.getTime() - Date.now()) / 1_000;
    expect(inS).toBeGreaterThan(seconds - 1);
    expect(inS).toBeLessThanOrEqual(seconds);
    await makeDue();
  }
  await deliver();
  expect(received).toHaveLength(4);
  expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  expect(await db().dummyEvent.findFirst()).toMatchObject({ attempts: 4, nextAttemptAt: null });

  await aPaidCharge("B");
  await db().dummyEvent.updateMany({ data: { createdAt: new Date(Date.now() - 4 * 86_400_000) } });
  answers = [500];
  await deliver();
  expect(await db().dummyEvent.findFirst({ orderBy: { id: "desc" } })).toMatchObject({
    deliveredAt: null,
    nextAttemptAt: null,
  });
});

test("two deliverers share the work: 60 events arrive once each, never more than 20 at once", async () => {
  for (let index = 0; index < 60; index += 1) await aPaidCharge(`N${index}`);
  await deliver();
  expect(new Set(names()).size).toBe(60);
  expect(received).toHaveLength(60);
  expect(mostOpen).toBeLessThanOrEqual(20);
  received = [];
  for (let index = 0; index < 60; index += 1) await aPaidCharge(`M${index}`);
  await Promise.all([deliver(), deliver()]);
  expect(new Set(names()).size).toBe(60);
  expect(received).toHaveLength(60);
});

test("duplicate: three times the same", async () => {
  await addDummyFault({ mode: "duplicate", times: 1, delayMs: 0 });
  await aPaidCharge("A");
  await aPaidCharge("B");
  await deliver();
  expect(names().sort()).toEqual(["A", "A", "A", "B"]);
  expect(received.every(({ verified }) => verified)).toBe(true);
});

test("delay: not before its time", async () => {
  await addDummyFault({ mode: "delay", times: 1, delayMs: 60_000 });
  await aPaidCharge("A");
  await deliver();
  expect(received).toEqual([]);
  await makeDue();
  await deliver();
  expect(names()).toEqual(["A"]);
});

test("reorder: after the next one", async () => {
  await addDummyFault({ mode: "reorder", times: 1, delayMs: 0 });
  const deliverer = new DummyDeliverer();
  await aPaidCharge("A");
  await deliver(deliverer);
  expect(received).toEqual([]);
  await aPaidCharge("B");
  await deliver(deliverer);
  await deliver(deliverer);
  expect(names()).toEqual(["B", "A"]);
});

test("forge: a copy about another amount, whose signature does not hold, beside the real one", async () => {
  await addDummyFault({ mode: "forge", times: 1, delayMs: 0 });
  await aPaidCharge("A");
  await deliver();
  expect(received).toMatchObject([
    { verified: false, amountMinor: "1" },
    { verified: true, amountMinor: "15000" },
  ]);
});

test("replay: one of before comes once more", async () => {
  await aPaidCharge("A");
  await deliver();
  await addDummyFault({ mode: "replay", times: 1, delayMs: 0 });
  await aPaidCharge("B");
  await deliver();
  expect(names()).toEqual(["A", "B", "A"]);
  expect(received[0]?.id).toBe(received[2]?.id);
});

test("drop: never, though the gateway believes it did", async () => {
  await addDummyFault({ mode: "drop", times: 1, delayMs: 0 });
  await aPaidCharge("A");
  await deliver();
  expect(received).toEqual([]);
  expect((await db().dummyEvent.findFirstOrThrow()).deliveredAt).not.toBeNull();
});

test("a shop that is away loses nothing", async () => {
  const account = await db().dummyAccount.findFirstOrThrow();
  const { merchantId, webhookUrl } = account;
  await db().dummyAccount.update({
    where: { merchantId },
    data: { webhookUrl: "http://127.0.0.1:1/" },
  });
  await aPaidCharge("A");
  await deliver();
  expect(received).toEqual([]);
  await db().dummyAccount.update({ where: { merchantId }, data: { webhookUrl } });
  await makeDue();
  await deliver();
  expect(names()).toEqual(["A"]);
});
