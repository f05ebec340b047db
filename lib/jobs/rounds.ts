import { checkBooks } from "../audit/check-books.ts";
import { sealAudit } from "../audit/seal-audit.ts";
import { log } from "../observability/log.ts";
import { deliverDueMessages, reviveUndelivered } from "../outbox/deliver-messages.ts";
import { watchHolds } from "../payments/expire-holds.ts";
import { reconcileDaily } from "../reconciliation/reconcile-all.ts";
import { processWaitingWebhooks } from "../webhooks/process-webhook.ts";
import { checkDueOperations, dropExpiredRows } from "./janitor.ts";

/**
 * Something that is done over and over, by one worker at a time however many there are. Rounds that take
 * rows claim each, so that a worker that was taken for dead too early does no harm.
 */
export type Round = {
  /** Also the name of its queue. */
  name: string;
  /** How often; it is not done twice within one such span, counted from 1970. */
  everySeconds: number;
  run: () => Promise<void>;
};

const hourSeconds = 3_600;

/** Logs how much a round did, unless that is nothing. */
function counted(message: string, work: () => Promise<number>): () => Promise<void> {
  return async () => {
    const count = await work();
    if (count > 0) log.info(message, { count });
  };
}

export const janitorRound: Round = {
  name: "janitor",
  // Operations carry their own schedule; this is only how late the janitor may notice one.
  everySeconds: 3,
  run: counted("asked gateways about open operations", checkDueOperations),
};

/** Every round there is. */
export const rounds: readonly Round[] = [
  janitorRound,
  {
    name: "messages",
    // How late another system hears of a payment, at most.
    everySeconds: 3,
    run: counted("delivered messages", deliverDueMessages),
  },
  {
    name: "waiting-webhooks",
    // Jobs bring webhooks at once; this is for those whose job was lost.
    everySeconds: 15,
    run: counted("processed webhooks whose job was lost", processWaitingWebhooks),
  },
  {
    name: "audit",
    // How much of the audit is not sealed yet, at most; a round without new rows costs one small read.
    everySeconds: 10,
    run: counted("sealed audit rows", sealAudit),
  },
  {
    name: "books",
    everySeconds: hourSeconds,
    run: async () => void (await checkBooks("lately")),
  },
  {
    name: "whole-books",
    everySeconds: 24 * hourSeconds,
    run: async () => void (await checkBooks("whole")),
  },
  {
    name: "holds",
    // Holds last for days; an hour's delay harms nobody.
    everySeconds: hourSeconds,
    run: counted("looked at holds that run out", watchHolds),
  },
  {
    name: "reconciliation",
    everySeconds: 24 * hourSeconds,
    run: () => reconcileDaily(),
  },
  {
    name: "cleaning",
    everySeconds: hourSeconds,
    run: counted("dropped expired rows", dropExpiredRows),
  },
  {
    name: "undelivered-messages",
    // A receiver that was away for longer than a message is tried gets it the day after.
    everySeconds: 24 * hourSeconds,
    run: counted("tries given-up messages again", reviveUndelivered),
  },
];
