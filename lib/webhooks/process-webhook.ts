import { raiseCase, resolveCase, caseKeyOf } from "../db/cases.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import {
  claimWebhookEvent,
  findOverdueWebhookEvents,
  settleWebhookEvent,
  type ClaimedWebhookEvent,
  type WebhookResult,
} from "../db/webhook-events.ts";
import { maskCardNumbers } from "../domain/card.ts";
import { isPaymentError } from "../domain/errors.ts";
import type { TranslatedEvent } from "../gateways/gateway.ts";
import { findGateway } from "../gateways/registry.ts";
import { sendJob } from "../jobs/send-job.ts";
import { log } from "../observability/log.ts";
import { applyGatewayEvent, type AppliedEvent } from "../payments/apply-event.ts";

// How long one try may take: three questions to a gateway of 15 s each, and room. As long as the lease
// of the job (lib/jobs/queues.ts), so that the job that comes back finds the event free.
const leaseMs = 60_000;
// 2 s, 4 s … 4 min 16 s: eight tries in four minutes outlast every commit and short trouble.
const firstBackoffMs = 2_000;
const maxTries = 8;
// What is ours and cannot be taken in yet (a refund that is open at the gateway) waits for the janitor,
// whose own schedule is slow: then hourly, for three days.
const maxBackoffMs = 3_600_000;
const maxTriesOfLater = 80;
// An event that nobody tried for so long has lost its job: longer than a busy worker's queue usually is.
// One that was tried has its worker's lease behind it already.
const overdue = { untriedMs: 60_000, lateMs: 15_000 };
const overdueBatch = 100;

const actor = { kind: "system", name: "webhook" } as const;

type Attempt = AppliedEvent | { kind: "failed"; why: string };
type Processed = { type: string; attempt: Attempt };

/**
 * Applies one event of the inbox, if it waits and nobody else is at it. Whatever comes of it is in its
 * row: done, ignored, tried again later, or put before a person. Throws only where the database fails.
 */
export async function processWebhook(
  webhookEventId: number,
  replayedById: number | null = null,
): Promise<void> {
  const claim = await claimWebhookEvent(webhookEventId, leaseMs);
  if (!claim) return;
  const isPoison = claim.wasInterrupted && claim.attempts > maxTries;
  const processed: Processed = isPoison
    ? { type: "", attempt: { kind: "failed", why: "Workers stop while they are at work on this." } }
    : await apply(claim);
  const result = resultOf(processed, claim.attempts);
  await inTransaction(async (tx) => {
    if (!(await settleWebhookEvent(tx, claim, result))) return;
    if (result.againMs !== null) {
      const data = { webhookEventId, replayedById };
      await sendJob(tx, "process-webhook", data, { startAfterSeconds: result.againMs / 1_000 });
      return;
    }
    await tellPerson(tx, claim, result, replayedById);
  });
}

async function apply(claim: ClaimedWebhookEvent): Promise<Processed> {
  const { gateway, configurationId } = claim;
  let translated: TranslatedEvent;
  try {
    const webhooks = findGateway(gateway)?.webhooks;
    if (!webhooks) throw new Error(`no adapter reads webhooks of ${gateway}`);
    translated = webhooks.translate(claim.body);
  } catch (error) {
    // A parser's own words quote the body, which may hold anything.
    log.warn("a webhook could not be read", { gateway, webhookEventId: claim.id });
    return {
      type: "",
      attempt: { kind: "failed", why: `It could not be read (${nameOf(error)}).` },
    };
  }
  const { type, event } = translated;
  try {
    return { type, attempt: await applyGatewayEvent({ gateway, configurationId, event, actor }) };
  } catch (error) {
    log.error("a webhook could not be applied", { gateway, webhookEventId: claim.id, error });
    return { type, attempt: { kind: "failed", why: reasonOf(error) } };
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}

function reasonOf(error: unknown): string {
  return isPaymentError(error)
    ? error.publicMessage
    : `It could not be applied (${nameOf(error)}).`;
}

function backoffMs(attempts: number): number {
  return Math.min(firstBackoffMs * 2 ** (attempts - 1), maxBackoffMs);
}

function resultOf({ type, attempt }: Processed, attempts: number): WebhookResult {
  if ("transactionPk" in attempt) {
    const state = attempt.kind === "applied" ? "processed" : "ignored";
    return { state, type, transactionPk: attempt.transactionPk, lastError: "", againMs: null };
  }
  const tries = attempt.kind === "later" ? maxTriesOfLater : maxTries;
  const isOver = attempts >= tries;
  const waiting = attempt.kind === "unmatched" ? "parked" : "received";
  return {
    // What matches nothing is no failure: it stays parked, for a person or a replay.
    state: isOver && waiting !== "parked" ? "dead" : waiting,
    type,
    transactionPk: null,
    lastError: maskCardNumbers(attempt.why).slice(0, 500),
    againMs: isOver ? null : backoffMs(attempts),
  };
}

/** Ends the case of an event that was processed after all, or raises one for an event that was not. */
async function tellPerson(
  tx: Tx,
  claim: ClaimedWebhookEvent,
  { state, type, lastError }: WebhookResult,
  replayedById: number | null,
): Promise<void> {
  const subject = String(claim.id);
  if (state === "processed" || state === "ignored") {
    for (const kind of ["webhook_dead", "webhook_unmatched"] as const) {
      const end = { resolution: "replayed", resolvedById: replayedById } as const;
      await resolveCase(tx, caseKeyOf(kind, subject), end);
    }
    return;
  }
  const { gateway, eventId, attempts } = claim;
  await raiseCase(tx, {
    kind: state === "parked" ? "webhook_unmatched" : "webhook_dead",
    subject,
    gateway,
    evidence: {
      webhook_event: claim.id,
      event_id: eventId,
      type,
      attempts,
      error: lastError,
    },
  });
}

/** Processes events whose job was lost. One that fails holds up no other. Returns how many there were. */
export async function processWaitingWebhooks(): Promise<number> {
  const ids = await findOverdueWebhookEvents(overdueBatch, overdue);
  for (const id of ids) {
    try {
      await processWebhook(id);
    } catch (error) {
      log.error("a waiting webhook could not be processed", { webhookEventId: id, error });
    }
  }
  return ids.length;
}
