import { claimDueOperations, probeSilentAccounts } from "../db/operations.ts";
import { deleteExpiredTokenFamilies } from "../db/api-tokens.ts";
import { deleteIdempotencyKeys } from "../db/idempotency-keys.ts";
import { log } from "../observability/log.ts";
import { noAnswer } from "../gateways/gateway.ts";
import { isSilent } from "../payments/call-gateway.ts";
import { asOnlyAsker, checkOperation } from "../payments/check-operation.ts";
import { settleOperation } from "../payments/settle-operation.ts";

// Few at a time: a batch is claimed whole, and another worker takes the next one.
const batchSize = 40;
// So many questions are open at once: an account that hangs holds up the others little.
const questionsAtOnce = 8;
// An operation whose janitor died is due again after this; longer than a batch can take.
const claimAgainMs = 90_000;
// An account that left a question unanswered is tried with one operation this often.
const probeEveryMs = 10_000;

const janitor = { kind: "system", name: "janitor" } as const;

type Due = { id: string; configurationId: number };

/**
 * Asks the gateway about every operation that is due, until none is. One that fails stays for its next
 * time and holds up no other. An account that does not answer is asked about one operation at a time;
 * when it answers again, all that it left unanswered is due at once. Returns how many were asked about.
 */
export async function checkDueOperations(): Promise<number> {
  await probeSilentAccounts(probeEveryMs);
  let count = 0;
  for (;;) {
    const due = await claimDueOperations(batchSize, claimAgainMs);
    const queue = due.values();
    await Promise.all(
      Array.from({ length: questionsAtOnce }, async () => {
        for (const operation of queue) await checkOne(operation);
      }),
    );
    count += due.length;
    if (due.length < batchSize) return count;
  }
}

async function checkOne({ id, configurationId }: Due): Promise<void> {
  try {
    if (!isSilent(configurationId)) {
      await asOnlyAsker(id, 0, () => checkOperation(id, janitor));
      return;
    }
    const outcome = { kind: "unknown", detail: noAnswer } as const;
    await settleOperation(id, { outcome, actor: janitor });
  } catch (error) {
    log.error("the janitor could not settle an operation", { operationId: id, error });
  }
}

// An answer is kept for a day: whoever repeats a request later than that asks anew.
const keepIdempotencyKeysMs = 24 * 3_600_000;

/** Removes idempotency keys too old to be repeated and token families that have ended. Returns how many. */
export async function dropExpiredRows(): Promise<number> {
  const keys = await deleteIdempotencyKeys(new Date(Date.now() - keepIdempotencyKeysMs));
  return keys + (await deleteExpiredTokenFamilies(new Date()));
}
