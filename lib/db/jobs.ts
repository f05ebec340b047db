import { db } from "./client.ts";

/** True where some worker, of this process or another, has finished a job of that queue lately. */
export async function hasFinishedLately(queue: string, withinSeconds: number): Promise<boolean> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT 1 FROM jobs.job
    WHERE name = ${queue} AND state = 'completed'
      AND completed_on > now() - make_interval(secs => ${withinSeconds})
    LIMIT 1`;
  return rows.length > 0;
}
