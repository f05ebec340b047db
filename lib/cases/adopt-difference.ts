import type { CaseRecord } from "../db/cases.ts";
import { caseKeyOf } from "../db/cases.ts";
import { getConfiguration } from "../db/configurations.ts";
import { findPaymentsOf, type OurPayment } from "../db/reconciliation.ts";
import type { Viewer } from "../domain/actor.ts";
import { PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { ListedCharge } from "../gateways/gateway.ts";
import { confirmOperation } from "../payments/check-operation.ts";
import { moveHold } from "../payments/move-hold.ts";
import { takeInRefund } from "../payments/take-in-refund.ts";
import {
  compareCharge,
  findOurRefund,
  findOurs,
  statusHere,
} from "../reconciliation/compare-charge.ts";
import { readCharge } from "../reconciliation/read-charge.ts";
import { adoptCapture } from "./adopt-capture.ts";
import { adoptCharge } from "./adopt-charge.ts";
import type { Adoption, ResolveCase } from "./resolve-case.ts";

/** A difference as it is now: the charge as the gateway lists it, and ours. */
type Now = { charge: ListedCharge; ours: OurPayment | null; differs: boolean };

/**
 * Takes in what a gateway's list has and we have not, as the gateway says it at this moment. Throws
 * `conflict` where the two sides still differ after that.
 */
export async function adoptDifference(
  viewer: Viewer,
  found: CaseRecord,
  { userEmail }: ResolveCase,
): Promise<Adoption> {
  const { about, configuration_id: id, refund_reference: refundReference } = found.evidence;
  const configuration = await getConfiguration(Number(id));
  const before = await lookAgain(found, configuration);
  if (!before.differs) return "cleared";
  if (about === "refund") {
    await adoptRefund(viewer, before, String(refundReference));
  } else if (before.charge.status === "other") {
    await releaseHold(viewer, before);
  } else {
    const { charge, ours } = before;
    const transactionPk =
      ours && statusHere(ours) !== "other" && ours.gatewayTransactionId === charge.reference
        ? ours.id
        : await adoptCharge(viewer, { configuration, charge, ours, userEmail });
    await adoptCapture(viewer, transactionPk, charge);
    await adoptRefunds(viewer, transactionPk, charge);
  }
  if ((await lookAgain(found, configuration)).differs) throw stillDiffers();
  return "adopted";
}

async function lookAgain(
  found: CaseRecord,
  configuration: Awaited<ReturnType<typeof getConfiguration>>,
): Promise<Now> {
  const { reference, charged_at: chargedAt } = found.evidence;
  const charge = await readCharge(configuration, {
    reference: String(reference),
    chargedAt: new Date(String(chargedAt)),
  });
  if (!charge) {
    throw new PaymentError("conflict", "The gateway's list does not have this charge any more.");
  }
  const gateway = configuration.gateway as GatewayName;
  const ours = findOurs(charge, await findPaymentsOf(gateway, [charge]));
  // Young or old, still asked about or not: whoever decides now is told whether the two sides differ.
  const differs = compareCharge(charge, ours, new Date()).some(
    ({ kind, subject }) => caseKeyOf(kind, `${gateway}/${subject}`) === found.caseKey,
  );
  return { charge, ours, differs };
}

/** Held here and not there: the gateway is asked to let go, and its answer ends the hold. */
async function releaseHold(viewer: Viewer, { ours }: Now): Promise<void> {
  if (!ours || statusHere(ours) !== "authorized") throw stillDiffers();
  await moveHold(viewer, ours.id, {
    kind: "void",
    reason: "The gateway's list has it as held no longer.",
  });
}

/** One refund: of ours, by asking for it by its key; made there, by taking it in. */
async function adoptRefund(viewer: Viewer, now: Now, refundReference: string): Promise<void> {
  const { charge, ours } = now;
  const there = charge.refunds.find(({ reference }) => reference === refundReference);
  if (!there || !ours) throw stillDiffers();
  const here = findOurRefund(there, ours);
  const operation = here && ours.operations.find(({ refundPk }) => refundPk === here.id);
  if (operation) {
    await confirmOperation(operation.id, viewer);
    return;
  }
  await takeIn(viewer, ours.id, charge, there);
}

/** Every refund of a charge that we do not have yet. */
async function adoptRefunds(
  viewer: Viewer,
  transactionPk: number,
  charge: ListedCharge,
): Promise<void> {
  for (const refund of charge.refunds) {
    if (refund.status === "succeeded") await takeIn(viewer, transactionPk, charge, refund);
  }
}

async function takeIn(
  viewer: Viewer,
  transactionPk: number,
  charge: ListedCharge,
  refund: ListedCharge["refunds"][number],
): Promise<void> {
  if (refund.status === "pending") throw stillDiffers();
  const taken = await takeInRefund({
    transactionPk,
    gatewayRefundId: refund.reference,
    status: refund.status === "succeeded" ? "refunded" : "failed",
    amountMinor: refund.amountMinor,
    currency: charge.currency,
    actor: viewer,
  });
  if (taken.kind === "later") {
    throw new PaymentError("conflict", `The refund cannot be taken in yet: ${taken.why}.`);
  }
}

function stillDiffers(): PaymentError {
  return new PaymentError(
    "conflict",
    "The gateway was asked, and its word cannot be taken in: the two sides still differ. Put it right at the gateway, or dismiss the case with a note.",
  );
}
