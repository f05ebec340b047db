/** Disputes at Stripe's stand-in. Their money leaves the balance at once, and comes back when they are won. */
import type { Context } from "../stand-in.ts";
import { invalid } from "./answers.ts";
import { addToBalance } from "./charges.ts";
import { after, find, save, secondsOf, type Charge, type Dispute } from "./documents.ts";
import { tell } from "./events.ts";

const answerMs = 9 * 24 * 60 * 60 * 1_000;
const fee = 1_500;

const noEvidence = Object.fromEntries(
  (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure " +
    "cancellation_rebuttal customer_communication customer_email_address customer_name " +
    "customer_purchase_ip customer_signature duplicate_charge_documentation " +
    "duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy " +
    "refund_policy_disclosure refund_refusal_explanation service_date service_documentation " +
    "shipping_address shipping_carrier shipping_date shipping_documentation " +
    "shipping_tracking_number uncategorized_file uncategorized_text"
  )
    .split(" ")
    .map((name) => [name, null]),
);

/** The shopper's bank takes a payment back. An inquiry takes no money yet. */
export async function openDispute(
  context: Context,
  charge: Charge,
  asked: { amount: number; reason: string; isInquiry: boolean },
): Promise<Dispute> {
  const intent = await find(context, "payment_intent", charge.payment_intent);
  const id = context.book.newId("du_");
  const { amount, reason, isInquiry } = asked;
  const taken = isInquiry ? [] : [await entryOf(context, id, charge.currency, -amount)];
  const dispute: Dispute = {
    id,
    object: "dispute",
    amount,
    balance_transactions: taken,
    charge: charge.id,
    created: secondsOf(context.now),
    currency: charge.currency,
    evidence: noEvidence,
    evidence_details: {
      due_by: secondsOf(after(context, answerMs)),
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: "10.4",
    payment_intent: charge.payment_intent,
    reason,
    status: isInquiry ? "warning_needs_response" : "needs_response",
    sandbox: { merchantReference: intent.metadata["transaction_id"] ?? "" },
  };
  await save(context, "dispute", dispute, charge.payment_intent);
  // An inquiry leaves the charge refundable.
  await save(context, "charge", { ...charge, disputed: !isInquiry });
  await tell(context, "charge.dispute.created", dispute);
  if (!isInquiry) await tell(context, "charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

function entryOf(
  context: Context,
  source: string,
  currency: string,
  amount: number,
): Promise<Record<string, unknown>> {
  const category = amount < 0 ? "dispute" : "dispute_reversal";
  return addToBalance(context, {
    amount,
    fee: amount < 0 ? fee : 0,
    currency,
    source,
    type: "adjustment",
    category,
  });
}

/** Refuses what is decided already. */
export function checkOpen(dispute: Dispute): void {
  if (["won", "lost", "warning_closed"].includes(dispute.status)) {
    throw invalid("This dispute is already closed", { param: "dispute" });
  }
}

/** The bank has decided. A dispute that was won brings its money back. */
export async function endDispute(
  context: Context,
  dispute: Dispute,
  status: "won" | "lost",
): Promise<Dispute> {
  const isInquiry = dispute.status.startsWith("warning");
  const isBack = status === "won" && !isInquiry;
  const back = isBack ? [await entryOf(context, dispute.id, dispute.currency, dispute.amount)] : [];
  const ended: Dispute = {
    ...dispute,
    status: isInquiry && status === "won" ? "warning_closed" : status,
    is_charge_refundable: false,
    balance_transactions: [...dispute.balance_transactions, ...back],
  };
  await save(context, "dispute", ended);
  const before = { status: dispute.status };
  await tell(context, "charge.dispute.closed", ended, before);
  if (isBack) await tell(context, "charge.dispute.funds_reinstated", ended, before);
  return ended;
}

/** The merchant's answer. Stripe's test texts decide the dispute. */
export async function answerDispute(
  context: Context,
  dispute: Dispute,
  text: string | null,
  isSent: boolean,
): Promise<Dispute> {
  checkOpen(dispute);
  const details = dispute["evidence_details"] as Record<string, unknown>;
  const answered: Dispute = {
    ...dispute,
    evidence: { ...(dispute["evidence"] as object), uncategorized_text: text },
    evidence_details: {
      ...details,
      has_evidence: true,
      submission_count: Number(details["submission_count"]) + (isSent ? 1 : 0),
    },
    status: isSent ? dispute.status.replace("needs_response", "under_review") : dispute.status,
  };
  await save(context, "dispute", answered);
  await tell(context, "charge.dispute.updated", answered, { status: dispute.status });
  if (isSent && text === "winning_evidence") return endDispute(context, answered, "won");
  if (isSent && text === "losing_evidence") return endDispute(context, answered, "lost");
  return answered;
}
