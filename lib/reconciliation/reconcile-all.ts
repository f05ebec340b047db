import { recordAudit } from "../db/audit.ts";
import { db } from "../db/client.ts";
import { selectActiveConfigurations } from "../db/configurations.ts";
import { hasComparedSince, type ReconciliationRunRecord } from "../db/reconciliation.ts";
import type { Viewer } from "../domain/actor.ts";
import { invalidField, isPaymentError, PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { findGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { requireMoneyMover } from "../payments/access.ts";
import { reconcileGateway, type TimeRange } from "./reconcile-gateway.ts";

const dayMs = 24 * 3_600_000;

// Days overlap, so that no charge falls between two runs.
const dailySpanMs = 3 * dayMs;
// Refunds, and their failures, come months after the charge that they are listed with.
const wholeSpanMs = 120 * dayMs;
const wholeEveryMs = 7 * dayMs;
const longestSpanMs = 366 * dayMs;

type ListingAccount = { id: number; gateway: GatewayName };

/** The active configurations whose gateway can list its charges. */
async function listingAccounts(gateway?: GatewayName): Promise<ListingAccount[]> {
  const configurations = await selectActiveConfigurations();
  return configurations.filter(
    (configuration) =>
      (gateway === undefined || configuration.gateway === gateway) &&
      findGateway(configuration.gateway)?.listCharges !== undefined,
  );
}

/**
 * The daily round: every account's last days, and once a week its last months. Throws where one could
 * not be compared to the end, after all were tried, so that the round comes again soon.
 */
export async function reconcileDaily(now = new Date()): Promise<void> {
  const runs: ReconciliationRunRecord[] = [];
  for (const { id } of await listingAccounts()) {
    const weekAgo = new Date(now.getTime() - wholeEveryMs);
    const isWholeDone = await hasComparedSince(id, weekAgo, wholeSpanMs);
    const spanMs = isWholeDone ? dailySpanMs : wholeSpanMs;
    runs.push(await reconcileGateway(id, { from: new Date(now.getTime() - spanMs), until: now }));
  }
  const failed = runs.filter(({ error }) => error !== "");
  const differences = runs.reduce((sum, run) => sum + run.differences, 0);
  if (differences > 0) log.warn("reconciliation found differences", { count: differences });
  if (failed.length > 0) throw new Error(`${failed.length} gateways could not be compared`);
}

export type ReconcileCommand = {
  gateway?: GatewayName | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
};

/**
 * Compares now: one gateway or all, the last three days unless said otherwise. Admin only. Throws
 * `forbidden`, `invalid_request`, `gateway_not_configured`, `conflict` where it is being done already.
 */
export async function reconcileNow(
  viewer: Viewer,
  command: ReconcileCommand,
): Promise<ReconciliationRunRecord[]> {
  requireMoneyMover(viewer);
  const range = rangeOf(command, new Date());
  const accounts = await listingAccounts(command.gateway);
  if (command.gateway !== undefined && accounts.length === 0) {
    throw new PaymentError(
      "gateway_not_configured",
      `The ${command.gateway} gateway is not active here, or cannot list its charges.`,
    );
  }
  const runs: ReconciliationRunRecord[] = [];
  for (const { id } of accounts) {
    const run = await reconcileUnlessBusy(id, range, accounts.length === 1);
    if (run === null) continue;
    runs.push(run);
    await recordAudit(db(), {
      entity: "configuration",
      entityId: String(id),
      action: "reconciled",
      actor: viewer,
      after: { run: run.id, compared: run.compared, differences: run.differences },
    });
  }
  return runs;
}

/** Null where another is at it, unless that is all that was asked for. */
async function reconcileUnlessBusy(
  configurationId: number,
  range: TimeRange,
  isOnlyOne: boolean,
): Promise<ReconciliationRunRecord | null> {
  try {
    return await reconcileGateway(configurationId, range);
  } catch (error) {
    if (isOnlyOne || !isPaymentError(error) || error.code !== "conflict") throw error;
    return null;
  }
}

function rangeOf(command: ReconcileCommand, now: Date): TimeRange {
  const until = command.until ?? now;
  if (until > now) throw invalidField("until", "This time has not come yet.");
  const from = command.from ?? new Date(until.getTime() - dailySpanMs);
  if (from >= until) throw invalidField("from", "Enter a time before `until`.");
  if (until.getTime() - from.getTime() > longestSpanMs) {
    throw invalidField("from", "Compare a year at a time at most.");
  }
  return { from, until };
}
