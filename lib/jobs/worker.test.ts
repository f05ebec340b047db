import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { db } from "../db/client.ts";
import type { Round } from "./rounds.ts";
import { startWorker, workerState } from "./worker.ts";

type Worker = Awaited<ReturnType<typeof startWorker>>;
let workers: Worker[] = [];

async function start(rounds: readonly Round[]): Promise<Worker> {
  const worker = await startWorker(rounds);
  workers.push(worker);
  return worker;
}

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});

test("two workers never do the same round at once, and none twice in its time", async () => {
  let running = 0;
  let most = 0;
  const starts: number[] = [];
  const round: Round = {
    name: "slow",
    everySeconds: 2,
    run: async () => {
      starts.push(Date.now());
      running += 1;
      most = Math.max(most, running);
      await sleep(2_500);
      running -= 1;
    },
  };
  await Promise.all([start([round]), start([round])]);
  await vi.waitFor(() => expect(starts.length).toBeGreaterThanOrEqual(3), 20_000);
  expect(most).toBe(1);
});

test("a round is done once a span by however many workers", async () => {
  const runs: number[] = [];
  const round: Round = {
    name: "hourly",
    everySeconds: 3_600,
    run: () => Promise.resolve(void runs.push(1)),
  };
  await Promise.all([start([round]), start([round])]);
  await vi.waitFor(() => expect(runs).toHaveLength(1), 20_000);
  await sleep(3_000);
  await start([round]);
  await sleep(3_000);
  expect(runs).toHaveLength(1);
});

test("a round of a killed worker is done by the next one, after its heartbeat is missed", async () => {
  const runs: number[] = [];
  const round: Round = {
    name: "killed",
    everySeconds: 1,
    run: () => Promise.resolve(void runs.push(1)),
  };
  await (await start([round])).stop();
  // As a worker leaves it that is gone between two statements.
  await db().$executeRaw`DELETE FROM jobs.job WHERE name = 'round-killed'`;
  await db().$executeRaw`
    INSERT INTO jobs.job (name, state, policy, started_on, heartbeat_on, heartbeat_seconds, expire_seconds, retry_limit)
    VALUES ('round-killed', 'active', 'stately', now(), now(), 10, 90, 0)`;
  const before = runs.length;
  const startedAt = Date.now();
  await start([round]);
  await sleep(5_000);
  expect(runs.length).toBe(before);
  await vi.waitFor(() => expect(runs.length).toBeGreaterThan(before), {
    timeout: 40_000,
    interval: 200,
  });
  expect(Date.now() - startedAt).toBeLessThan(30_000);
}, 60_000);

test("a stop lets the running round end, and health tells of the worker", async () => {
  let started = false;
  let ended = false;
  const round: Round = {
    name: "ending",
    everySeconds: 3,
    run: async () => {
      started = true;
      await sleep(2_000);
      ended = true;
    },
  };
  const worker = await start([round]);
  expect(workerState()).toBe("ok");
  await vi.waitFor(() => expect(started).toBe(true), 10_000);
  await worker.stop();
  expect(ended).toBe(true);
  expect(workerState()).toBe("down");
});
