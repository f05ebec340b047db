import { PgBoss } from "pg-boss";
import { createQueues, jobsSchema } from "./queues.ts";

/**
 * Makes the tables and queues of the jobs in a database that no worker has started on yet, so that jobs
 * can be written there. A worker does the same when it starts.
 */
export async function prepareJobs(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: jobsSchema,
    schedule: false,
    supervise: false,
    max: 1,
  });
  await boss.start();
  try {
    await createQueues(boss, []);
  } finally {
    await boss.stop({ graceful: false });
  }
}
