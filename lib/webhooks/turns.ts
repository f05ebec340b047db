import { PaymentError } from "../domain/errors.ts";
import { processGlobal } from "../process-global.ts";

// Of a pool of 20 connections: a flood of webhooks leaves payments the larger part.
const atOnce = 8;
// Hundreds are stored a second, so the last one waits some seconds.
const mostWaiting = 5_000;
// What waits has its body in memory. Events have a few KB; only an attacker sends megabytes at once.
const mostWaitingBytes = 64 * 1024 * 1024;

type Turns = { running: number; waiting: (() => void)[]; waitingBytes: number };

const turns = (): Turns =>
  processGlobal("webhook-turns", () => ({ running: 0, waiting: [], waitingBytes: 0 }));

/**
 * Runs `work` when its turn has come: few at a time in this process, in the order in which they came.
 * `bytes` is what it keeps in memory while it waits. Throws `service_unavailable` where too many wait; a gateway sends again.
 */
export async function inTurn<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const state = turns();
  if (state.waiting.length >= mostWaiting || state.waitingBytes + bytes > mostWaitingBytes) {
    throw new PaymentError("service_unavailable", "Too many webhooks at once. Send it again.", {
      retryAfterSeconds: 10,
    });
  }
  if (state.running < atOnce) state.running += 1;
  else {
    state.waitingBytes += bytes;
    await new Promise<void>((resolve) => state.waiting.push(resolve));
    state.waitingBytes -= bytes;
  }
  try {
    return await work();
  } finally {
    // Whoever is next takes over this turn, so that nobody who comes now goes before.
    const next = state.waiting.shift();
    if (next) next();
    else state.running -= 1;
  }
}
