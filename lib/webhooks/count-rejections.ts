import { addWebhookRejections } from "../db/webhook-events.ts";
import type { GatewayName } from "../domain/payment.ts";
import { log } from "../observability/log.ts";
import { processGlobal } from "../process-global.ts";

// A flood of forgeries is one write a second, whatever its size.
const flushEveryMs = 1_000;

type Tally = {
  /** By gateway and reason, as `dummy bad_signature`. */
  counts: Map<string, number>;
  timer: NodeJS.Timeout | null;
  /** The write under way: who flushes waits for it too. */
  writing: Promise<void>;
};

const tally = (): Tally =>
  processGlobal("webhook-rejections", () => ({
    counts: new Map<string, number>(),
    timer: null,
    writing: Promise.resolve(),
  }));

/** Why a webhook was refused. */
export type RejectionReason = "bad_signature" | "closed";

/** Counts one refused webhook; nothing of what was sent is kept. Written within a second. */
export function countRejection(gateway: GatewayName, reason: RejectionReason): void {
  const { counts } = tally();
  const key = `${gateway} ${reason}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  flushLater();
}

function flushLater(): void {
  const state = tally();
  state.timer ??= setTimeout(() => {
    state.timer = null;
    void flushRejections();
  }, flushEveryMs).unref();
}

/** Writes what was counted; for a stop as well. What cannot be written is kept for the next time. */
export function flushRejections(): Promise<void> {
  const state = tally();
  state.writing = state.writing.then(() => writeCounts(state.counts));
  return state.writing;
}

async function writeCounts(counts: Tally["counts"]): Promise<void> {
  const taken = [...counts];
  counts.clear();
  if (taken.length === 0) return;
  try {
    await addWebhookRejections(
      taken.map(([key, count]) => {
        const [gateway = "", reason = ""] = key.split(" ");
        return { gateway: gateway as GatewayName, reason, count };
      }),
    );
  } catch (error) {
    log.warn("refused webhooks could not be counted", { error });
    for (const [key, count] of taken) counts.set(key, (counts.get(key) ?? 0) + count);
    flushLater();
  }
}
