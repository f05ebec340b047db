import type { PgBoss } from "pg-boss";

/** The schema that pg-boss keeps its tables in. */
export const jobsSchema = "jobs";

/** What a job of each queue carries: ids alone, the rows hold the rest. */
export type JobData = {
  "process-webhook": {
    webhookEventId: number;
    /** The person who had it replayed, if one did. */
    replayedById: number | null;
  };
};
export type QueueName = keyof JobData;

type QueueOptions = NonNullable<Parameters<PgBoss["createQueue"]>[1]>;

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;

/** Where a job ends that was tried too often: looked at by a person, worked by nobody. */
export const deadLetterQueue = "dead-letter";

const deadLetterOptions = {
  policy: "standard",
  // Long enough for somebody to come back from a holiday.
  retentionSeconds: 30 * daySeconds,
} as const satisfies QueueOptions;

/**
 * The queues of work that was caused by something. What a job is about has its own count of tries and its
 * own schedule in its row; a queue's retries are for a worker that died or a database that was away.
 */
const queues: Readonly<Record<QueueName, QueueOptions>> = {
  "process-webhook": {
    policy: "standard",
    // The lease: one event asks a gateway three times at most, 15 s each. Then the worker is taken for
    // dead and the job comes back. As long as the event's own lease in process-webhook.ts.
    expireInSeconds: 60,
    // 5 s, 10 s, 20 s … 60 s apart: seven minutes of a database that is away. After that the sweep of
    // waiting events takes over.
    retryLimit: 8,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 60,
    deadLetter: deadLetterQueue,
    // The event's row tells what became of it; the finished job tells nothing more.
    deleteAfterSeconds: hourSeconds,
    // A job that nobody fetched for so long is about an event that the sweep has processed.
    retentionSeconds: 7 * daySeconds,
  },
};

/** The queue of a periodic round. */
export const roundQueue = (name: string): string => `round-${name}`;

function roundOptions({ everySeconds }: { everySeconds: number }): QueueOptions {
  const isRare = everySeconds >= 600;
  return {
    // One that waits, one that runs: never two at once, in however many workers.
    policy: "stately",
    // A worker that was killed stops its heartbeat and frees the round; the least that pg-boss takes.
    heartbeatSeconds: 10,
    // A worker that lives and hangs.
    expireInSeconds: isRare ? hourSeconds : 90,
    // A frequent round simply comes again. A rare one is not skipped for a database that was restarted.
    retryLimit: isRare ? 3 : 0,
    retryDelay: 30,
    retryBackoff: true,
    // Kept for as long as the slot that it fills, so that no slot is filled twice.
    deleteAfterSeconds: 2 * everySeconds + 60,
    retentionSeconds: 2 * everySeconds + hourSeconds,
  };
}

async function createQueue(boss: PgBoss, name: string, options: QueueOptions): Promise<void> {
  await boss.createQueue(name, options);
  // A queue that was there keeps the options of the release that made it.
  const { policy: _policy, ...changeable } = options;
  await boss.updateQueue(name, changeable);
}

/** Makes every queue, or brings it up to date. Must have run before the first job is written. */
export async function createQueues(
  boss: PgBoss,
  rounds: readonly { name: string; everySeconds: number }[],
): Promise<void> {
  await createQueue(boss, deadLetterQueue, deadLetterOptions);
  for (const [name, options] of Object.entries(queues)) await createQueue(boss, name, options);
  for (const round of rounds) await createQueue(boss, roundQueue(round.name), roundOptions(round));
}
