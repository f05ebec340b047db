import { PaymentError } from "../domain/errors.ts";
import { processGlobal } from "../process-global.ts";

// Of a pool of 20 connections: a flood of webhooks leaves payments the larger part.
const atOnce = 8;
// What waits has its body in memory. Hundreds are stored a second, so the last one waits some seconds.
const mostWaiting = 5_000;

type Turns = { running: number; waiting: (() => void)[] };

const turns = (): Turns => processGlobal("webhook-turns", () => ({ running: 0, waiting: [] }));

/**
 * Runs `work` when its turn has come: few at a time in this process, in the order in which they came.
 * Throws `service_unavailable` where too many wait; a gateway sends again.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const state = turns();
  if (state.waiting.length >= mostWaiting) {
    throw new PaymentError("service_unavailable", "Too many webhooks at once. Send it again.", {
      retryAfterSeconds: 10,
    });
  }
  if (state.running < atOnce) state.running += 1;
  else await new Promise<void>((resolve) => state.waiting.push(resolve));
  try {
    return await work();
  } finally {
    // Whoever is next takes over this turn, so that nobody who comes now goes before.
    const next = state.waiting.shift();
    if (next) next();
    else state.running -= 1;
  }
}
