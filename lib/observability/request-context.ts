import { AsyncLocalStorage } from "node:async_hooks";
import { processGlobal } from "../process-global.ts";

/** What one request has cost so far. Durations in milliseconds. */
export type RequestMeter = { queries: number; durationMs: number };

type RequestContext = { requestId: string; meter: RequestMeter };

const storage = () =>
  processGlobal("request-context", () => new AsyncLocalStorage<RequestContext>());

/** Runs `work` with a request id and a meter that everything it awaits can reach. */
export function runInRequestContext<T>(context: { requestId: string }, work: () => T): T {
  return storage().run(
    { requestId: context.requestId, meter: { queries: 0, durationMs: 0 } },
    work,
  );
}

/** The running request's id, or null outside of one (worker, boot). */
export function currentRequestId(): string | null {
  return storage().getStore()?.requestId ?? null;
}

/** The running request's meter; a throw-away one outside of a request. */
export function getRequestMeter(): RequestMeter {
  return storage().getStore()?.meter ?? { queries: 0, durationMs: 0 };
}
