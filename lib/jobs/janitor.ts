import { claimDueOperations } from "../db/operations.ts";
import { deleteExpiredTokenFamilies } from "../db/api-tokens.ts";
import { deleteIdempotencyKeys } from "../db/idempotency-keys.ts";
import { log } from "../observability/log.ts";
import { checkOperation } from "../payments/check-operation.ts";

// Few at a time: a batch is claimed whole, and another worker takes the next one.
const batchSize = 20;
// An operation whose janitor died is due again after this; longer than a batch can take.
const claimAgainMs = 60_000;

const janitor = { kind: "system", name: "janitor" } as const;

/**
 * Asks the gateway about every operation that is due, until none is. One that fails stays for its next
 * time and holds up no other. Returns how many were asked about.
 */
export async function checkDueOperations(): Promise<number> {
  let count = 0;
  for (;;) {
    const ids = await claimDueOperations(batchSize, claimAgainMs);
    for (const operationId of ids) {
      try {
        await checkOperation(operationId, janitor);
      } catch (error) {
        log.error("the janitor could not settle an operation", { operationId, error });
      }
    }
    count += ids.length;
    if (ids.length < batchSize) return count;
  }
}

// An answer is kept for a day: whoever repeats a request later than that asks anew.
const keepIdempotencyKeysMs = 24 * 3_600_000;

/** Removes idempotency keys too old to be repeated and token families that have ended. Returns how many. */
export async function dropExpiredRows(): Promise<number> {
  const keys = await deleteIdempotencyKeys(new Date(Date.now() - keepIdempotencyKeysMs));
  return keys + (await deleteExpiredTokenFamilies(new Date()));
}
