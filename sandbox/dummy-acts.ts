import { randomUUID } from "node:crypto";
import { z } from "zod";
import { findChargeByReference } from "#lib/db/dummy-book";
import {
  findChargeOf,
  findDummyDispute,
  findDummyRefund,
  getDummyCharge,
} from "#lib/db/dummy-control";
import { moveDispute, openDispute } from "#lib/db/dummy-disputes";
import { expireHold } from "#lib/db/dummy-holds";
import { bookRefund, endRefund } from "#lib/db/dummy-refunds";
import { parseAmount } from "#lib/domain/money";
import { chargeView, disputeView, refundView } from "./dummy-views.ts";
import { readBody } from "./read-body.ts";
import { Refused } from "./refused.ts";

const text = z.string().min(1).max(255).optional();
const amount = z.string({ error: 'Enter a decimal string, such as "10.00".' }).optional();

const actSchema = z.strictObject({
  act: z.string({ error: "Say what is to happen." }),
  /** `dch_…`, or the payment's `TXN-…`. */
  charge: text,
  transaction: text,
  /** `drf_…` or `REF-…`; left out: the newest of the charge. */
  refund: text,
  /** `ddp_…`; left out: the newest of the charge. */
  dispute: text,
  amount,
  reason: text,
});
type Act = z.output<typeof actSchema>;

/** What can happen on the gateway's side by itself. */
const acts: Readonly<Record<string, (act: Act) => Promise<Record<string, unknown>>>> = {
  refund: refundInDashboard,
  succeed_refund: (act) => endOneRefund(act, "succeeded"),
  fail_refund: (act) => endOneRefund(act, "failed"),
  open_dispute: openOneDispute,
  review_dispute: (act) => moveOneDispute(act, "under_review"),
  win_dispute: (act) => moveOneDispute(act, "won"),
  lose_dispute: (act) => moveOneDispute(act, "lost"),
  expire_authorization: expireAuthorization,
};

/** Makes something happen at the dummy gateway. Throws `Refused` where it cannot. */
export async function act(body: unknown): Promise<Record<string, unknown>> {
  const asked = readBody(actSchema, body);
  const carryOut = Object.hasOwn(acts, asked.act) ? acts[asked.act] : undefined;
  if (!carryOut) throw new Refused(400, `act: Choose one of ${Object.keys(acts).join(", ")}.`);
  return carryOut(asked);
}

async function chargeOf({ charge, transaction }: Act) {
  const found =
    charge !== undefined
      ? await findChargeByReference(charge)
      : transaction !== undefined
        ? await findChargeOf(transaction)
        : null;
  if (found) return found;
  if (charge === undefined && transaction === undefined) {
    throw new Refused(400, "charge: Name a charge (dch_…), or a transaction (TXN-…).");
  }
  throw new Refused(404, `There is no charge ${charge ?? `of ${transaction}`}.`);
}

/** Not repeatable by design: two equal refunds in a dashboard are two. */
async function refundInDashboard(asked: Act): Promise<Record<string, unknown>> {
  const charge = await chargeOf(asked);
  const left = charge.capturedMinor - charge.refundedMinor;
  const booked = await bookRefund({
    idempotencyKey: `dashboard-${randomUUID()}`,
    merchantReference: "",
    chargeReference: charge.reference,
    amountMinor: asked.amount === undefined ? left : parseAmount(asked.amount, charge.currency),
    pendingMs: null,
  });
  if (!booked || booked.state === "refused") {
    throw new Refused(409, `The charge is ${charge.state} and has not that much left to refund.`);
  }
  return { refund: refundView(booked) };
}

async function endOneRefund(
  asked: Act,
  state: "succeeded" | "failed",
): Promise<Record<string, unknown>> {
  const refund = await findDummyRefund(
    asked.refund === undefined
      ? { chargeReference: (await chargeOf(asked)).reference }
      : { reference: asked.refund },
  );
  if (!refund) throw new Refused(404, "There is no such refund.");
  const ended = await endRefund(refund.reference, state);
  if (!ended) throw new Refused(409, `The refund is ${refund.state}.`);
  return { refund: refundView(ended) };
}

async function openOneDispute(asked: Act): Promise<Record<string, unknown>> {
  const charge = await chargeOf(asked);
  const dispute = await openDispute({
    chargeReference: charge.reference,
    amountMinor: asked.amount === undefined ? null : parseAmount(asked.amount, charge.currency),
    reason: asked.reason ?? "fraudulent",
  });
  if (!dispute) throw new Refused(409, `The charge is ${charge.state} and took not that much.`);
  return { dispute: disputeView(dispute) };
}

async function moveOneDispute(
  asked: Act,
  state: "under_review" | "won" | "lost",
): Promise<Record<string, unknown>> {
  const dispute = await findDummyDispute(
    asked.dispute === undefined
      ? { chargeReference: (await chargeOf(asked)).reference }
      : { reference: asked.dispute },
  );
  if (!dispute) throw new Refused(404, "There is no such dispute.");
  const moved = await moveDispute(dispute.reference, state);
  if (!moved) throw new Refused(409, `The dispute is ${dispute.state}.`);
  return { dispute: disputeView(moved) };
}

async function expireAuthorization(asked: Act): Promise<Record<string, unknown>> {
  const charge = await chargeOf(asked);
  if (!(await expireHold(charge.reference))) {
    throw new Refused(409, `The charge is ${charge.state}: nothing is held.`);
  }
  // Reading it finds that its time is over.
  await findChargeByReference(charge.reference);
  return { charge: chargeView(await getDummyCharge(charge.reference)) };
}
