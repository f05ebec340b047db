import { AsyncLocalStorage } from "node:async_hooks";
import { fromPrisma, PgBoss } from "pg-boss";
import { db, type Tx } from "../db/client.ts";
import { processGlobal } from "../process-global.ts";
import { jobsSchema, type JobData, type QueueName } from "./queues.ts";

type Sender = { boss: PgBoss; transaction: AsyncLocalStorage<Tx> };

/**
 * A pg-boss that only writes jobs: it is never started, has no connection of its own and says everything
 * through the transaction that it is called in.
 */
function sender(): Sender {
  return processGlobal("job-sender", () => {
    const transaction = new AsyncLocalStorage<Tx>();
    const boss = new PgBoss({
      schema: jobsSchema,
      db: {
        executeSql: (text, values) =>
          fromPrisma(transaction.getStore() ?? db()).executeSql(text, values),
      },
      migrate: false,
      supervise: false,
      schedule: false,
    });
    return { boss, transaction };
  });
}

/**
 * Writes a job in the caller's transaction: it is there when that commits, and only then. One statement;
 * the first of a queue in a process reads the queue as well. Works with and without a worker in this
 * process.
 */
export async function sendJob<Name extends QueueName>(
  tx: Tx,
  queue: Name,
  data: JobData[Name],
  { startAfterSeconds = 0 }: { startAfterSeconds?: number } = {},
): Promise<void> {
  const { boss, transaction } = sender();
  await transaction.run(tx, () => boss.send(queue, data, { startAfter: startAfterSeconds }));
}
