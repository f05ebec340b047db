import type { ClientBase } from "pg";

/** Runs reads that all see the database as of one moment, and hold up nobody who writes meanwhile. */
export async function inSnapshot<T>(client: ClientBase, read: () => Promise<T>): Promise<T> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    return await read();
  } finally {
    // Nothing was written; where the connection is lost, the failure above is what counts.
    await client.query("ROLLBACK").catch(() => undefined);
  }
}
