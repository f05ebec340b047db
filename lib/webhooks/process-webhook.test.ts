import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { caseKeyOf, findCase, selectCases } from "../db/cases.ts";
import { db } from "../db/client.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import { startWorker } from "../jobs/worker.ts";
import { aDummyConfiguration, aProcessedTransaction, aViewer } from "../testing/builders.ts";
import {
  anEventId,
  aSecret,
  aStrangeBody,
  eventBody,
  eventsWithId,
  makeDue,
  postWebhook,
  setWebhookSecrets,
  signed,
} from "../testing/webhook-fixture.ts";
import { processWaitingWebhooks, processWebhook } from "./process-webhook.ts";
import { replayWebhook } from "./replay-webhook.ts";

const secret = aSecret();

beforeEach(async () => {
  await setWebhookSecrets(await aDummyConfiguration(), [secret]);
});

/** A refund that somebody made in the gateway's own dashboard. */
function refundBody(transaction: TransactionRecord): string {
  return eventBody("refund.succeeded", {
    reference: `re_${randomBytes(9).toString("hex")}`,
    merchant_reference: "",
    charge_reference: transaction.gatewayTransactionId,
    amount_minor: "1000",
    currency: "USD",
  });
}

const poisonBody = (): string => `not json ${randomBytes(6).toString("hex")}`;

/** Posts a webhook; its event id and the id of its row. */
async function received(body: string): Promise<{ eventId: string; id: number }> {
  const eventId = anEventId();
  const answer = await postWebhook(body, signed(body, secret, { id: eventId }));
  expect(answer.status).toBe(200);
  const [row] = await eventsWithId(eventId);
  return { eventId, id: row!.id };
}

async function rowOf(eventId: string) {
  const [row] = await eventsWithId(eventId);
  return row!;
}

async function refundedMinor(transaction: TransactionRecord): Promise<bigint> {
  const row = await db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
  return row.refundedMinor;
}

async function openCase(kind: "webhook_dead" | "webhook_unmatched", id: number) {
  const open = await selectCases({ limit: 100, status: "open", kinds: [kind] });
  return open.find((found) => found.caseKey === caseKeyOf(kind, String(id)));
}

/** Tries an event again and again, as its backoff has it, until it is left alone. */
async function exhaust({ eventId, id }: { eventId: string; id: number }): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const before = (await rowOf(eventId)).attempts;
    await processWebhook(id);
    if ((await rowOf(eventId)).attempts === before) return tries;
    await makeDue(eventId);
  }
}

describe("one event", () => {
  test("is applied, and its row says to what", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const { eventId, id } = await received(refundBody(transaction));
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({
      state: "processed",
      type: "refund.succeeded",
      transactionPk: transaction.id,
      attempts: 1,
      lastError: "",
      nextAttemptAt: null,
    });
    expect(await refundedMinor(transaction)).toBe(1_000n);
  });

  test("has one effect with ten at it at once, and none when it is processed again", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const { eventId, id } = await received(refundBody(transaction));
    await Promise.all(Array.from({ length: 10 }, () => processWebhook(id)));
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "processed", attempts: 1 });
    expect(await refundedMinor(transaction)).toBe(1_000n);
  });

  test("has one effect where its worker dies after it, and before the row says so", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const { eventId, id } = await received(refundBody(transaction));
    await processWebhook(id);
    await db().$executeRaw`
      UPDATE webhook_events SET state = 'received', settled_at = NULL,
        last_error = 'The worker stopped while it was at work on this.',
        next_attempt_at = now() + interval '1 minute'
      WHERE id = ${id}`;
    // The lease holds for as long as that worker may live.
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "received", attempts: 1 });
    await makeDue(eventId);
    expect(await processWaitingWebhooks()).toBe(1);
    expect((await rowOf(eventId)).settledAt).not.toBeNull();
    expect(await refundedMinor(transaction)).toBe(1_000n);
  });

  test("that kills its worker over and over ends as poison", async () => {
    const { eventId, id } = await received(aStrangeBody());
    await db().$executeRaw`
      UPDATE webhook_events SET attempts = 8, next_attempt_at = now() - interval '1 second',
        last_error = 'The worker stopped while it was at work on this.'
      WHERE id = ${id}`;
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "dead", attempts: 9 });
    expect(await openCase("webhook_dead", id)).toBeDefined();
  });

  test("that is none of ours is ignored", async () => {
    const { eventId, id } = await received(aStrangeBody());
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "ignored", type: "balance.available" });
  });

  test("whose job was lost is found by the sweep, and not before it is late", async () => {
    const { eventId, id } = await received(aStrangeBody());
    expect(await processWaitingWebhooks()).toBe(0);
    await db().$executeRaw`
      UPDATE webhook_events SET received_at = now() - interval '61 seconds' WHERE id = ${id}`;
    expect(await processWaitingWebhooks()).toBe(1);
    expect(await rowOf(eventId)).toMatchObject({ state: "ignored" });
  });
});

describe("a poison event", () => {
  test("is tried eight times, ever later, then is dead and before a person; others go on", async () => {
    const poison = await received(poisonBody());
    await processWebhook(poison.id);
    const first = await rowOf(poison.eventId);
    expect(first).toMatchObject({ state: "received", attempts: 1 });
    expect(first.lastError).toBe("It could not be read (SyntaxError).");
    expect(first.nextAttemptAt!.getTime() - Date.now()).toBeGreaterThan(500);
    const [job] = await db().$queryRaw<{ wait: number }[]>`
      SELECT extract(epoch FROM start_after - created_on)::float AS wait FROM jobs.job
      WHERE name = 'process-webhook' AND (data->>'webhookEventId')::integer = ${poison.id}
      ORDER BY start_after DESC LIMIT 1`;
    expect(job?.wait).toBe(2);
    await makeDue(poison.eventId);

    const other = await received(aStrangeBody());
    await processWebhook(other.id);
    expect(await rowOf(other.eventId)).toMatchObject({ state: "ignored" });

    expect(await exhaust(poison)).toBe(7);
    expect(await rowOf(poison.eventId)).toMatchObject({
      state: "dead",
      attempts: 8,
      nextAttemptAt: null,
    });
    expect(await openCase("webhook_dead", poison.id)).toMatchObject({
      gateway: "dummy",
      evidence: { webhook_event: poison.id, attempts: 8 },
    });
  });

  test("never has its body in what staff see", async () => {
    const card = "4242424242424242";
    const eventId = anEventId();
    const body = `{"card":"${card}"`;
    await postWebhook(body, signed(body, secret, { id: eventId }));
    const { id } = await rowOf(eventId);
    await exhaust({ eventId, id });
    const found = await openCase("webhook_dead", id);
    expect(JSON.stringify([found, (await rowOf(eventId)).lastError])).not.toContain(
      card.slice(0, 8),
    );
  });
});

describe("an event about something that is not here", () => {
  test("is parked, and matched once that appears", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const { eventId, id } = await received(refundBody(transaction));
    // As if the payment's own transaction had not committed yet.
    const hide = (reference: string | null) =>
      db().transaction.update({
        where: { id: transaction.id },
        data: { gatewayTransactionId: reference },
      });
    await hide(null);
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "parked", attempts: 1 });
    expect(await refundedMinor(transaction)).toBe(0n);
    await hide(transaction.gatewayTransactionId);
    await makeDue(eventId);
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "processed", attempts: 2 });
    expect(await refundedMinor(transaction)).toBe(1_000n);
  });

  test("stays parked after eight tries, before a person; a replay ends the case", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const admin = await aViewer("admin");
    const parked = await received(refundBody(transaction));
    await db().transaction.update({
      where: { id: transaction.id },
      data: { gatewayTransactionId: null },
    });
    expect(await exhaust(parked)).toBe(8);
    expect(await rowOf(parked.eventId)).toMatchObject({
      state: "parked",
      attempts: 8,
      nextAttemptAt: null,
    });
    const raised = await openCase("webhook_unmatched", parked.id);
    expect(raised).toBeDefined();
    expect(await processWaitingWebhooks()).toBe(0);

    await db().transaction.update({
      where: { id: transaction.id },
      data: { gatewayTransactionId: transaction.gatewayTransactionId },
    });
    const replayed = await replayWebhook(admin, parked.id);
    expect(replayed).toMatchObject({ state: "received", attempts: 0, lastError: "" });
    await processWebhook(parked.id, admin.userId);
    expect(await rowOf(parked.eventId)).toMatchObject({ state: "processed", attempts: 1 });
    expect(await findCase(raised!.id)).toMatchObject({
      status: "resolved",
      resolution: "replayed",
      resolvedByEmail: admin.email,
    });
  });
});

describe("a replay", () => {
  test("is an admin's, of an event that came to nothing, and is audited", async () => {
    const admin = await aViewer("admin");
    const { eventId, id } = await received(aStrangeBody());
    await expect(replayWebhook(admin, id)).rejects.toMatchObject({ code: "conflict" });
    await processWebhook(id);
    await expect(replayWebhook(await aViewer("support"), id)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(replayWebhook(admin, 2_000_000_000)).rejects.toMatchObject({ code: "not_found" });
    await replayWebhook(admin, id);
    expect(await rowOf(eventId)).toMatchObject({ state: "received", settledAt: null });
    expect(
      await db().auditEvent.findMany({ where: { entity: "webhook", entityId: String(id) } }),
    ).toMatchObject([{ action: "replayed", fromStatus: "ignored", actor: String(admin.userId) }]);
    await processWebhook(id);
    expect(await rowOf(eventId)).toMatchObject({ state: "ignored" });
  });
});

test("two workers do each job once: 20 copies of each of 20 events are 20 effects", async () => {
  const transactions = await Promise.all(
    Array.from({ length: 4 }, async () => aProcessedTransaction(await aViewer())),
  );
  const events = transactions.flatMap((transaction) =>
    Array.from({ length: 5 }, () => {
      const body = refundBody(transaction);
      return { body, headers: signed(body, secret) };
    }),
  );
  const workers = await Promise.all([startWorker([]), startWorker([])]);
  try {
    const copies = Array.from({ length: 20 }, () => events).flat();
    const answers = await Promise.all(
      copies.map(({ body, headers }) => postWebhook(body, headers)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const ids = events.map(({ headers }) => headers["webhook-id"] ?? "");
    await vi.waitFor(
      async () =>
        expect(
          await db().webhookEvent.count({ where: { eventId: { in: ids }, state: "processed" } }),
        ).toBe(20),
      { timeout: 20_000, interval: 200 },
    );
    const rows = await db().webhookEvent.findMany({ where: { eventId: { in: ids } } });
    expect(rows.map((row) => row.attempts)).toEqual(Array(20).fill(1));
    for (const transaction of transactions) expect(await refundedMinor(transaction)).toBe(5_000n);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
});

test("the job of a killed worker comes back after its lease", async () => {
  const { eventId, id } = await received(aStrangeBody());
  // As a worker leaves both that was killed 61 s ago.
  await db().$executeRaw`
    UPDATE jobs.job SET state = 'active', started_on = now() - interval '61 seconds'
    WHERE name = 'process-webhook' AND (data->>'webhookEventId')::integer = ${id}`;
  await db().$executeRaw`
    UPDATE webhook_events SET attempts = 1, next_attempt_at = now() - interval '1 second'
    WHERE id = ${id}`;
  const worker = await startWorker([]);
  try {
    await vi.waitFor(async () => expect((await rowOf(eventId)).state).toBe("ignored"), {
      timeout: 40_000,
      interval: 300,
    });
  } finally {
    await worker.stop();
  }
}, 60_000);
