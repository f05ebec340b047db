/** Refunds and disputes at Stripe's stand-in: what happens to them, and what the shop is told. */
import type { Context } from "../stand-in.ts";
import { invalid } from "./answers.ts";
import { addToBalance } from "./charges.ts";
import { find, laterBy, save, secondsOf, type Charge, type Refund } from "./documents.ts";
import { tell } from "./events.ts";

/** How long a refund of the test cards for it stays undecided, or done before it fails. */
const changesAfterMs = 4_000;

/** What may still be given back of a charge. */
export function refundable({ captured, amount_captured, amount_refunded }: Charge): number {
  return captured ? amount_captured - amount_refunded : 0;
}

/** Gives money back. Refused where it is more than is left. */
export async function makeRefund(
  context: Context,
  charge: Charge,
  asked: { amount: number | null; reason: string | null; metadata: Record<string, string> },
): Promise<Refund> {
  const left = refundable(charge);
  const amount = asked.amount ?? left;
  checkRefund(charge, amount, left);
  const behaviour = charge.sandbox.refund;
  const isPending = behaviour === "pending" || context.lateMs !== null;
  const then = isPending ? "succeeds" : behaviour === "fails" ? "fails" : null;
  const refund: Refund = {
    id: context.book.newId("re_"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: secondsOf(context.now),
    currency: charge.currency,
    destination_details: { card: { type: isPending ? "pending" : "refund" }, type: "card" },
    metadata: asked.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: asked.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isPending ? "pending" : "succeeded",
    transfer_reversal: null,
    ...(isPending ? { pending_reason: "processing" } : {}),
    sandbox: {
      then,
      dueAt: then === null ? null : laterBy(context, context.lateMs ?? changesAfterMs),
    },
  };
  const entry = await addToBalance(context, {
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: refund.id,
    type: "refund",
  });
  const made = { ...refund, balance_transaction: String(entry["id"]) };
  await save(context, "refund", made, charge.payment_intent);
  const changed = await addRefunded(context, charge, amount);
  await tell(context, "refund.created", made);
  await tell(context, "charge.refunded", changed, { amount_refunded: charge.amount_refunded });
  return made;
}

function checkRefund(charge: Charge, amount: number, left: number): void {
  if (!charge.captured) {
    throw invalid(
      `This PaymentIntent (${charge.payment_intent}) does not have a successful charge to refund.`,
      { code: "payment_intent_unexpected_state" },
    );
  }
  if (charge.disputed) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  }
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  if (amount < 1) {
    throw invalid("Invalid positive integer", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  }
  if (amount > left) {
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      { param: "amount" },
    );
  }
}

/** Counts what was given back, on the charge and its intent. */
async function addRefunded(context: Context, charge: Charge, amount: number): Promise<Charge> {
  const refunded = charge.amount_refunded + amount;
  const changed = {
    ...charge,
    amount_refunded: refunded,
    refunded: refunded >= charge.amount_captured,
  };
  await save(context, "charge", changed);
  const intent = await find(context, "payment_intent", charge.payment_intent);
  await save(context, "payment_intent", { ...intent, sandbox: { ...intent.sandbox, refunded } });
  return changed;
}

/** A refund that was pending is done. */
export async function succeedRefund(context: Context, refund: Refund): Promise<Refund> {
  const { pending_reason: _reason, ...rest } = refund;
  const done: Refund = { ...rest, status: "succeeded", sandbox: { then: null, dueAt: null } };
  await save(context, "refund", done);
  await tellRefund(context, "refund.updated", done, { status: refund.status });
  return done;
}

/** A refund has failed, perhaps after it was told as done: the money is the merchant's again. */
export async function failRefund(
  context: Context,
  refund: Refund,
  reason: string,
): Promise<Refund> {
  const entry = await addToBalance(context, {
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    source: refund.id,
    type: "refund_failure",
  });
  const { pending_reason: _reason, ...rest } = refund;
  const gone: Refund = {
    ...rest,
    status: "failed",
    failure_reason: reason,
    failure_balance_transaction: String(entry["id"]),
    sandbox: { then: null, dueAt: null },
  };
  await save(context, "refund", gone);
  const charge = await find(context, "charge", refund.charge);
  await addRefunded(context, charge, -refund.amount);
  await tellRefund(context, "refund.updated", gone, { status: refund.status });
  await tell(context, "refund.failed", gone);
  return gone;
}

async function tellRefund(
  context: Context,
  type: string,
  refund: Refund,
  before: Record<string, unknown>,
): Promise<void> {
  await tell(context, type, refund, before);
  // The older name of the same, which Stripe still sends.
  await tell(context, "charge.refund.updated", refund, before);
}

export async function refundDue(context: Context, id: string): Promise<void> {
  const refund = await find(context, "refund", id);
  if (refund.sandbox.then === "succeeds") await succeedRefund(context, refund);
  if (refund.sandbox.then === "fails") {
    await failRefund(context, refund, "expired_or_canceled_card");
  }
}
