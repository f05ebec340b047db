import { isDatabaseUnavailable } from "../db/client.ts";
import { getConfiguration, type StoredConfiguration } from "../db/configurations.ts";
import {
  clearGoneDifferences,
  findPaymentsOf,
  finishRun,
  insertRun,
  raiseDifferences,
  seeDifferences,
  withComparison,
  type Comparison,
  type ReconciliationRunRecord,
  type UnlistedPayment,
} from "../db/reconciliation.ts";
import { maskCardNumbers } from "../domain/card.ts";
import { formatAmount } from "../domain/money.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { Gateway } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { gatewayAccount } from "../payments/gateway-account.ts";
import { compareCharge, findOurs, type Difference } from "./compare-charge.ts";
import { listPages } from "./list-pages.ts";

export type TimeRange = { from: Date; until: Date };

/**
 * What is younger is no difference yet: the answer, the webhook or the first questions of the janitor
 * may be on their way. It also covers clocks that differ at the ends of the range.
 */
const graceMs = 10 * 60_000;

const unlistedBatch = 200;
const longestError = 300;

/**
 * Compares an account's list of charges with ours, page by page, and makes each difference a case with
 * both sides as evidence; nothing is changed by it. A difference that is gone ends its case. Where the
 * gateway fails midway, what it listed is judged, nothing is called missing there and no case ends.
 *
 * Throws `conflict` where the account is being compared already.
 */
export async function reconcileGateway(
  configurationId: number,
  range: TimeRange,
  { gateway, now = new Date() }: { gateway?: Gateway; now?: Date } = {},
): Promise<ReconciliationRunRecord> {
  const configuration = await getConfiguration(configurationId);
  const name = configuration.gateway as GatewayName;
  return withComparison(configurationId, async (comparison) => {
    const run = await insertRun({ gateway: name, configurationId, ...range });
    const walk: Walk = {
      run,
      comparison,
      settledBefore: new Date(now.getTime() - graceMs),
      compared: 0,
      differences: 0,
    };
    const error = await failureOf(() => walkList(walk, configuration, gateway ?? getGateway(name)));
    const { compared, differences } = walk;
    return finishRun(run.id, { compared, differences, error });
  });
}

type Walk = {
  run: ReconciliationRunRecord;
  comparison: Comparison;
  settledBefore: Date;
  compared: number;
  differences: number;
};

/** Why the work failed, for staff to read; empty where it did not. */
async function failureOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    log.warn("a reconciliation failed", { error });
    const message = error instanceof Error ? error.message : "";
    return maskCardNumbers(message || "The gateway's list could not be read.").slice(
      0,
      longestError,
    );
  }
}

async function walkList(
  walk: Walk,
  configuration: StoredConfiguration,
  gateway: Gateway,
): Promise<void> {
  const { run, comparison, settledBefore } = walk;
  const account = gatewayAccount(configuration);
  for await (const page of listPages(gateway, account, run)) {
    // Ours are read after theirs, so that they are never the older side.
    const payments = await findPaymentsOf(run.gateway, page);
    await comparison.note(page.map(({ reference }) => reference));
    walk.compared += page.length;
    await tell(
      walk,
      page.flatMap((charge) => compareCharge(charge, findOurs(charge, payments), settledBefore)),
    );
  }
  await tellUnlisted(walk);
  await clearGoneDifferences(run);
}

async function tell(walk: Walk, differences: readonly Difference[]): Promise<void> {
  const { gateway, configurationId } = walk.run;
  const found = differences.map(({ isSettled, ...difference }) => ({
    isSettled,
    told: {
      ...difference,
      gateway,
      subject: `${gateway}/${difference.subject}`,
      evidence: { ...difference.evidence, configuration_id: String(configurationId) },
    },
  }));
  const settled = found.filter(({ isSettled }) => isSettled);
  walk.differences += settled.length;
  await raiseDifferences(settled.map(({ told }) => told));
  await seeDifferences(found.filter(({ isSettled }) => !isSettled).map(({ told }) => told));
}

/** What we say was charged or is held, and the whole list does not have. */
async function tellUnlisted(walk: Walk): Promise<void> {
  const { run, comparison } = walk;
  for (let afterId = 0; ;) {
    const batch = await comparison.unlisted(run, afterId, unlistedBatch);
    await tell(
      walk,
      batch.map((payment) => missingThere(payment, walk)),
    );
    const last = batch.at(-1);
    if (last === undefined || batch.length < unlistedBatch) return;
    afterId = last.id;
  }
}

/** Settled where it was charged well inside of the range, by whichever clock, and has rested. */
function missingThere(payment: UnlistedPayment, { run, settledBefore }: Walk): Difference {
  const { transactionId, reference, currency, chargedAt, updatedAt } = payment;
  return {
    kind: "missing_there",
    subject: `charge/${reference || transactionId}`,
    transactionId,
    evidence: {
      about: "charge",
      what: "Charged or held here, and the gateway's list does not have it.",
      reference,
      merchant_reference: transactionId,
      charged_at: chargedAt.toISOString(),
      here_status: payment.status,
      here_amount: formatAmount(payment.amountMinor, currency),
      here_captured: formatAmount(payment.capturedMinor, currency),
      here_refunded: formatAmount(payment.refundedMinor, currency),
      here_currency: currency,
    },
    isSettled:
      chargedAt.getTime() >= run.from.getTime() + graceMs &&
      chargedAt.getTime() < run.until.getTime() - graceMs &&
      chargedAt < settledBefore &&
      updatedAt < settledBefore,
  };
}
