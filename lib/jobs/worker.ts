import { PgBoss } from "pg-boss";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { processGlobal } from "../process-global.ts";
import { checkDueOperations, dropExpiredRows } from "./janitor.ts";

// How soon after one round the janitor looks again. Operations carry their own schedule; this is only
// how late it may notice one.
const roundEverySeconds = 3;
// A round of a worker that died is given up after this; rounds never wait for it.
const roundExpiresSeconds = 90;
// Without a round for this long, health says that the worker is down.
const silentAfterMs = 60_000;
const stopTimeoutMs = 20_000;

const queues = { janitor: "janitor", cleaning: "cleaning" } as const;

type WorkerStatus = { lastRoundAt: number | null };

const status = (): WorkerStatus => processGlobal("worker-status", () => ({ lastRoundAt: null }));

/** What health says of the worker of this process. */
export function workerState(): "ok" | "down" {
  const { lastRoundAt } = status();
  return lastRoundAt !== null && performance.now() - lastRoundAt < silentAfterMs ? "ok" : "down";
}

/**
 * Starts the worker in this process. Rounds are pg-boss jobs: any number of workers may run, and each
 * due operation is taken by one (`claimDueOperations`). `stop` lets the running round end.
 */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  const boss = new PgBoss({
    connectionString: getEnv().DATABASE_URL,
    application_name: "tollbooth-worker",
    schema: "jobs",
    max: 3,
  });
  boss.on("error", (error) => log.warn("the job queue had an error", { error }));
  await boss.start();
  // "short": one round waits at a time, so that rounds never pile up.
  await boss.createQueue(queues.janitor, {
    policy: "short",
    expireInSeconds: roundExpiresSeconds,
    retryLimit: 0,
  });
  await boss.createQueue(queues.cleaning, { policy: "short", retryLimit: 3 });

  await boss.work(queues.janitor, { pollingIntervalSeconds: 1 }, async () => {
    try {
      const count = await checkDueOperations();
      if (count > 0) log.info("asked gateways about open operations", { count });
    } finally {
      status().lastRoundAt = performance.now();
      await boss.send(queues.janitor, {}, { startAfter: roundEverySeconds });
    }
  });
  await boss.work(queues.cleaning, { pollingIntervalSeconds: 30 }, async () => {
    const count = await dropExpiredRows();
    if (count > 0) log.info("dropped expired rows", { count });
  });
  // Each round sends the next; the schedule starts them again should that chain ever break.
  await boss.schedule(queues.janitor, "* * * * *");
  await boss.schedule(queues.cleaning, "17 * * * *");
  await boss.send(queues.janitor, {});
  status().lastRoundAt = performance.now();

  return {
    stop: async () => {
      status().lastRoundAt = null;
      await boss.stop({ graceful: true, timeout: stopTimeoutMs });
    },
  };
}
