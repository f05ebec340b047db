import { PaymentError } from "../domain/errors.ts";
import type { Gateway, GatewayAccount, ListedCharge } from "../gateways/gateway.ts";

// A gateway's slowest report comes well within this; one that hangs must not hold up the next account.
const pageDeadlineMs = 30_000;
// Some hundred thousand charges. The round's job is taken from a worker after an hour.
const listDeadlineMs = 20 * 60_000;

/**
 * A gateway's list page by page, the next one asked for only once this one is done with. Throws what
 * the adapter throws, and `gateway_unreachable` where a page or the whole list takes too long.
 */
export async function* listPages(
  gateway: Gateway,
  account: GatewayAccount,
  range: { from: Date; until: Date },
  deadlines: { pageMs: number; listMs: number } = {
    pageMs: pageDeadlineMs,
    listMs: listDeadlineMs,
  },
): AsyncGenerator<readonly ListedCharge[]> {
  const list = gateway.listCharges?.(account, range);
  if (!list) return;
  const endsAt = performance.now() + deadlines.listMs;
  const pages = list[Symbol.asyncIterator]();
  try {
    for (;;) {
      const leftMs = Math.min(deadlines.pageMs, endsAt - performance.now());
      const next = await withinDeadline(pages.next(), leftMs);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a page that hangs would keep this waiting as well.
    void pages.return?.()?.catch(() => undefined);
  }
}

async function withinDeadline<T>(work: Promise<T>, leftMs: number): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      const message = "The gateway's list did not come in time.";
      deadline.reject(new PaymentError("gateway_unreachable", message));
    },
    Math.max(leftMs, 0),
  );
  // Nobody awaits it any more once the deadline has passed.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
