import { PaymentError } from "../domain/errors.ts";
import { getEnv } from "../env.ts";
import { processGlobal } from "../process-global.ts";

export type LimitClass = "read" | "write" | "token" | "webhook";

/** Where a caller stands in its window. `retryAfterSeconds` is null while calls are let through. */
export type LimitState = {
  limit: number;
  remaining: number;
  resetSeconds: number;
  retryAfterSeconds: number | null;
};

type Rule = { requests: number; windowMs: number };
type Counter = { windowStart: number; current: number; previous: number };

// About 10 MB at most. Who is forgotten first was away longest, so a flood of addresses forgets
// itself before it forgets anyone who keeps calling.
const maxCounters = 50_000;

/**
 * Counts calls a key in a sliding window: this window's calls and the share of the last window's that
 * the sliding window still covers. Refused calls do not count. Memory is bounded by `maxKeys`.
 */
export class SlidingWindow {
  readonly #counters = new Map<string, Counter>();
  readonly #maxKeys: number;

  constructor(maxKeys = maxCounters) {
    this.#maxKeys = maxKeys;
  }

  /** Takes one call of `key` at `nowMs`, or says when it may come again. */
  take(key: string, rule: Rule, nowMs: number): LimitState {
    const counter = this.#counterAt(key, rule, nowMs);
    const elapsed = Math.max(0, nowMs - counter.windowStart);
    const weight = 1 - elapsed / rule.windowMs;
    const used = counter.previous * weight + counter.current;
    const resetSeconds = Math.max(1, Math.ceil((rule.windowMs - elapsed) / 1_000));
    if (used + 1 > rule.requests) {
      const waitMs = waitUntilFree(counter, rule, elapsed);
      return {
        limit: rule.requests,
        remaining: 0,
        resetSeconds,
        retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
      };
    }
    counter.current += 1;
    const remaining = Math.max(0, Math.floor(rule.requests - used - 1));
    return { limit: rule.requests, remaining, resetSeconds, retryAfterSeconds: null };
  }

  get size(): number {
    return this.#counters.size;
  }

  #counterAt(key: string, rule: Rule, nowMs: number): Counter {
    const windowStart = nowMs - (nowMs % rule.windowMs);
    const known = this.#counters.get(key);
    const counter = known ?? { windowStart, current: 0, previous: 0 };
    // Windows are counted by steps, so that a clock set back starts no window anew.
    const steps = Math.floor((windowStart - counter.windowStart) / rule.windowMs);
    if (steps > 0) {
      counter.previous = steps === 1 ? counter.current : 0;
      counter.current = 0;
      counter.windowStart = windowStart;
    }
    // Deleted and set again: a Map keeps the order of insertion, which makes it the order of last use.
    this.#counters.delete(key);
    this.#counters.set(key, counter);
    if (this.#counters.size > this.#maxKeys) {
      const oldest = this.#counters.keys().next();
      if (!oldest.done) this.#counters.delete(oldest.value);
    }
    return counter;
  }
}

/** Milliseconds until one more call fits, seen from `elapsed` milliseconds into the current window. */
function waitUntilFree(counter: Counter, rule: Rule, elapsed: number): number {
  const room = rule.requests - 1;
  if (counter.current <= room && counter.previous > 0) {
    // Fits in this window as soon as little enough of the last one is covered.
    return rule.windowMs * (1 - (room - counter.current) / counter.previous) - elapsed;
  }
  // Fits in the next window, in which this window's calls fade likewise.
  return rule.windowMs - elapsed + rule.windowMs * (1 - room / counter.current);
}

function ruleOf(limitClass: LimitClass): Rule {
  const env = getEnv();
  return {
    read: env.RATE_LIMIT_READ,
    write: env.RATE_LIMIT_WRITE,
    token: env.RATE_LIMIT_TOKEN,
    webhook: env.RATE_LIMIT_WEBHOOK,
  }[limitClass];
}

/** Counts one call of `caller` (`user:7`, `address:192.0.2.1`) against the class's limit. */
export function takeLimit(limitClass: LimitClass, caller: string): LimitState {
  const window = processGlobal("rate-limits", () => new SlidingWindow());
  // Wall time: every process of a machine has the same windows.
  return window.take(`${limitClass}:${caller}`, ruleOf(limitClass), Date.now());
}

/** Throws `rate_limited` where a limit says that the call may not go on. */
export function requireWithinLimit(state: LimitState): void {
  if (state.retryAfterSeconds === null) return;
  throw new PaymentError(
    "rate_limited",
    `Request was throttled. Expected available in ${state.retryAfterSeconds} seconds.`,
    { retryAfterSeconds: state.retryAfterSeconds },
  );
}
