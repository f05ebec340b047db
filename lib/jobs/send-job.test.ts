import { expect, test } from "vitest";
import { db, inTransaction } from "../db/client.ts";
import { getRequestMeter, runInRequestContext } from "../observability/request-context.ts";
import { sendJob } from "./send-job.ts";

const data = { webhookEventId: 1, replayedById: null };

async function countJobs(): Promise<number> {
  const [row] = await db().$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM jobs.job WHERE name = 'process-webhook'`;
  return Number(row?.count);
}

test("a job is there with the transaction that caused it, and not without", async () => {
  await expect(
    inTransaction(async (tx) => {
      await sendJob(tx, "process-webhook", data);
      throw new Error("killed before the commit");
    }),
  ).rejects.toThrow("killed before the commit");
  expect(await countJobs()).toBe(0);
  await inTransaction((tx) => sendJob(tx, "process-webhook", data));
  expect(await countJobs()).toBe(1);
});

test("a job costs its transaction one statement, and no second connection", async () => {
  await inTransaction((tx) => sendJob(tx, "process-webhook", data));
  const queries = await runInRequestContext({ requestId: "r" }, async () => {
    await inTransaction(async (tx) => {
      const before = getRequestMeter().queries;
      await sendJob(tx, "process-webhook", data, { startAfterSeconds: 60 });
      expect(getRequestMeter().queries - before).toBe(1);
    });
    return getRequestMeter().queries;
  });
  // With BEGIN and COMMIT.
  expect(queries).toBe(3);
});

test("more transactions than connections write their first jobs at once without waiting for each other", async () => {
  const before = await countJobs();
  await Promise.all(
    Array.from({ length: 60 }, () => inTransaction((tx) => sendJob(tx, "process-webhook", data))),
  );
  expect(await countJobs()).toBe(before + 60);
});
