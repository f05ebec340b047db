import { PgBoss } from "pg-boss";
import { hasFinishedLately } from "../db/jobs.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { processGlobal } from "../process-global.ts";
import { processWebhook } from "../webhooks/process-webhook.ts";
import { createQueues, jobsSchema, roundQueue, type JobData, type QueueName } from "./queues.ts";
import { janitorRound, rounds as allRounds, type Round } from "./rounds.ts";

// Without a round for this long, health says that the worker is down.
const silentAfterMs = 60_000;
// How often a worker whose rounds are all done by another looks whether they are.
const lookEveryMs = 15_000;
// What the server has after SIGTERM is 25 s; the last second is for giving back what did not end.
const stopTimeoutMs = 24_000;
// How often jobs of dead workers are looked for: with the shortest lease or heartbeat (10 s), what a
// killed worker held is back after 20 s.
const superviseSeconds = 10;
// Rounds leave a row each, some thousands an hour; pg-boss would clean once a day.
const maintenanceSeconds = 600;
// Each queue's look for work is a statement of a millisecond: few connections serve them all.
const connections = 4;
// The longest statement of pg-boss is a clean-up of a batch; one that hangs must free its connection.
const statementTimeoutMs = 30_000;
// A server that is cut off answers nothing, its own timeout neither: then the connection is given up.
const answerTimeoutMs = 35_000;
const connectTimeoutMs = 5_000;
// How many events one worker applies at a time: each needs one connection of the pool now and then.
const webhookBatch = 5;

type WorkerStatus = { lastRoundAt: number | null };

const status = (): WorkerStatus => processGlobal("worker-status", () => ({ lastRoundAt: null }));

/** What health says of the worker of this process. */
export function workerState(): "ok" | "down" {
  const { lastRoundAt } = status();
  return lastRoundAt !== null && performance.now() - lastRoundAt < silentAfterMs ? "ok" : "down";
}

/** A round was done; one that ends while the worker stops does not make it well again. */
function sawRound(): void {
  if (status().lastRoundAt !== null) status().lastRoundAt = performance.now();
}

/** Does a round whenever its time has come and no other worker does it. */
async function workRound(boss: PgBoss, round: Round): Promise<() => void> {
  const queue = roundQueue(round.name);
  const options = { pollingIntervalSeconds: Math.min(Math.max(round.everySeconds / 3, 1), 15) };
  await boss.work(queue, options, async () => {
    try {
      await round.run();
    } catch (error) {
      log.error(`the round "${round.name}" failed`, { error });
      throw error;
    } finally {
      sawRound();
    }
  });
  // Every worker asks for the round; the database takes one request a slot, and none while one waits.
  const ask = (): void => {
    boss
      .send(queue, {}, { singletonSeconds: round.everySeconds })
      .catch((error: unknown) => log.warn("a round could not be asked for", { error }));
  };
  ask();
  const timer = setInterval(ask, Math.min(round.everySeconds * 500, 60_000));
  return () => clearInterval(timer);
}

type Work<Name extends QueueName> = (data: JobData[Name]) => Promise<void>;

/** Works a queue, a few jobs at a time. One that throws comes back and holds up no other. */
async function workQueue<Name extends QueueName>(
  boss: PgBoss,
  queue: Name,
  batchSize: number,
  work: Work<Name>,
): Promise<void> {
  const options = {
    batchSize,
    perJobResults: true,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
  } as const;
  await boss.work<JobData[Name]>(queue, options, (jobs) =>
    Promise.all(
      jobs.map(async ({ id, data }) => {
        try {
          await work(data);
          return { id, status: "completed" as const };
        } catch (error) {
          log.error(`a job of "${queue}" failed`, { error });
          return { id, status: "failed" as const };
        }
      }),
    ),
  );
}

/** With several workers one may find every round done; then it is well as long as they are. */
function watchOthers(): () => void {
  const look = async (): Promise<void> => {
    const { lastRoundAt } = status();
    if (lastRoundAt === null || performance.now() - lastRoundAt < lookEveryMs) return;
    const isWorked = await hasFinishedLately(roundQueue(janitorRound.name), lookEveryMs / 1_000);
    if (isWorked) sawRound();
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn("the rounds could not be looked for", { error }));
  }, lookEveryMs);
  return () => clearInterval(timer);
}

/**
 * Starts the worker in this process and, before that, makes the tables and queues of the jobs. Any number
 * of workers may run: a job is taken by one, and a round is done by one at a time. `stop` takes no more
 * work and lets what runs end; what does not end in time comes back after its lease, to any worker.
 */
export async function startWorker(
  rounds: readonly Round[] = allRounds,
): Promise<{ stop(): Promise<void> }> {
  // Taken by the pool below pg-boss, whose own options do not name it.
  const poolOptions = { query_timeout: answerTimeoutMs, keepAlive: true };
  const boss = new PgBoss({
    ...poolOptions,
    connectionString: getEnv().DATABASE_URL,
    application_name: "tollbooth-worker",
    options: `-c statement_timeout=${statementTimeoutMs}`,
    connectionTimeoutMillis: connectTimeoutMs,
    schema: jobsSchema,
    max: connections,
    schedule: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    maintenanceIntervalSeconds: maintenanceSeconds,
  });
  boss.on("error", (error) => log.warn("the job queue had an error", { error }));
  await boss.start();
  await createQueues(boss, rounds);
  status().lastRoundAt = performance.now();
  const stops = [watchOthers()];
  for (const round of rounds) stops.push(await workRound(boss, round));
  await workQueue(boss, "process-webhook", webhookBatch, (job) =>
    processWebhook(job.webhookEventId, job.replayedById),
  );
  return {
    stop: async () => {
      status().lastRoundAt = null;
      for (const stop of stops) stop();
      await boss.stop({ graceful: true, timeout: stopTimeoutMs });
    },
  };
}
