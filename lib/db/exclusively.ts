import type { ClientBase } from "pg";
import { PaymentError } from "../domain/errors.ts";
import { withOwnConnection } from "./client.ts";

/** What is done by one at a time, with the first number of its advisory lock. */
const lockClasses = { reconciliation: 815, case: 816 } as const;

// Longer than any statement of such work takes; a payment never waits for it.
const statementMs = 60_000;

/**
 * Runs `work` unless another is at the same at this moment, in whatever process; then throws `conflict`
 * at once. For work that calls gateways, where no row may stay locked: the lock is a connection's own,
 * and ends with it.
 */
export function exclusively<T>(
  what: keyof typeof lockClasses,
  id: number,
  busyMessage: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  return withOwnConnection(statementMs, async (client) => {
    const { rows } = await client.query<{ got: boolean }>(
      "SELECT pg_try_advisory_lock($1, $2) AS got",
      [lockClasses[what], id],
    );
    if (rows[0]?.got !== true) throw new PaymentError("conflict", busyMessage);
    return work(client);
  });
}
