import { noAnswer } from "../gateways/gateway.ts";
import { log } from "../observability/log.ts";
import { processGlobal } from "../process-global.ts";

/** How long a call that moves money may take in all: no gateway needs longer, no shopper waits longer. */
export const gatewayDeadlineMs = 10_000;

/** How long somebody who only reads is kept waiting for a gateway's word. */
export const readerDeadlineMs = 2_500;

// A gateway that did not answer is not asked by readers for this long: they would only wait.
const silentMs = 8_000;

const silences = (): Map<number, number> => processGlobal("gateway-silences", () => new Map());

/** True while a gateway account has just left a question unanswered. */
export function isSilent(configurationId: number): boolean {
  return (silences().get(configurationId) ?? 0) > performance.now();
}

/**
 * Runs one call to a gateway under a deadline. Whatever goes wrong past the start, the request may have
 * left: an error and a missed deadline are both `unknown`. An adapter that is still busy is left to end
 * by itself; what it says then is the janitor's to find.
 */
export async function callGateway<T extends { kind: string; detail?: string }>(
  configurationId: number,
  call: () => Promise<T>,
  deadlineMs: number = gatewayDeadlineMs,
): Promise<T | { kind: "unknown"; detail: string }> {
  const deadline = Promise.withResolvers<{ kind: "unknown"; detail: string }>();
  const timer = setTimeout(
    () => deadline.resolve({ kind: "unknown", detail: noAnswer }),
    deadlineMs,
  );
  try {
    const work = call();
    // After the deadline nobody awaits it any more; its failure is not an unhandled one.
    work.catch(() => undefined);
    const outcome = await Promise.race([work, deadline.promise]);
    if (outcome.kind === "unknown" && outcome.detail === noAnswer) noteSilence(configurationId);
    else silences().delete(configurationId);
    return outcome;
  } catch (error) {
    log.error("a gateway call failed", { error });
    return { kind: "unknown", detail: "the call failed" };
  } finally {
    clearTimeout(timer);
  }
}

function noteSilence(configurationId: number): void {
  silences().set(configurationId, performance.now() + silentMs);
}
