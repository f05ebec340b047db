import { setTimeout as sleep } from "node:timers/promises";
import { log } from "#lib/observability/log";

const afterTroubleMs = 1_000;

/**
 * Does something over and over, `everyMs` after it was last done, until it is stopped; at once again
 * where it says that there is more. Trouble is told and gone over.
 */
export function repeat(
  name: string,
  everyMs: number,
  work: () => Promise<{ more: boolean }>,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const { more } = await work();
        if (!more) await pause(everyMs);
      } catch (error) {
        log.warn(`the sandbox could not ${name}`, { error });
        await pause(afterTroubleMs);
      }
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return loop;
    },
  };
}
