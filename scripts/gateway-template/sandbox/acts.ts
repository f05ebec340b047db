/** What happens on Template's side by itself: shoppers on its page, staff in its dashboard, banks. */
import { Refused } from "../../../sandbox/refused.ts";
import type { Act, Context } from "../../../sandbox/stand-in.ts";
import { amountOf, findPayment, type Dispute, type Payment, type Refund } from "./documents.ts";
import { endPayment, endRefund, makeRefund, tellDispute } from "./settle.ts";

type View = Promise<Record<string, unknown>>;

async function paymentOf(
  context: Context,
  { charge, transaction }: Act,
  status: Payment["status"],
): Promise<Payment> {
  const rows =
    transaction === undefined
      ? []
      : await context.book.list<Payment>("payment", { merchantReference: transaction });
  const named = charge === undefined ? null : await findPayment(context, charge);
  const found = named ?? rows.map(({ data }) => data).find((row) => row.status === status);
  if (found?.status !== status) throw new Refused(404, `Template has no such ${status} payment.`);
  return found;
}

/** The test card that the bank declines; every other pays. */
const declinedCard = "4000000000000002";

async function pay(context: Context, act: Act): View {
  if (act.card === declinedCard) return failPayment(context, act);
  const payment = await paymentOf(context, act, "open");
  return endPayment(context, payment, {
    status: "paid",
    card: { brand: "visa", last4: (act.card ?? "4242").slice(-4) },
    amount: amountOf(act.amount, payment.amount, payment.currency),
  });
}

async function failPayment(context: Context, act: Act): View {
  const payment = await paymentOf(context, act, "open");
  return endPayment(context, payment, {
    status: "failed",
    decline_code: act.reason ?? "card_declined",
  });
}

async function refund(context: Context, act: Act): View {
  const payment = await paymentOf(context, act, "paid");
  const left = payment.amount - payment.refunded;
  const amount = amountOf(act.amount, left, payment.currency);
  if (amount > left) throw new Refused(409, "That is more than what is left of this payment.");
  return makeRefund(context, payment, { amount, reference: "" });
}

async function refundOf({ book }: Context, act: Act): Promise<Refund> {
  const rows = await book.list<Refund>("refund");
  const payments = act.transaction
    ? await book.list<Payment>("payment", { merchantReference: act.transaction })
    : [];
  const found = rows
    .map(({ data }) => data)
    .find(({ id, reference, payment }) =>
      act.refund === undefined
        ? payment === act.charge || payments.some((row) => row.id === payment)
        : id === act.refund || reference === act.refund,
    );
  if (!found) throw new Refused(404, "Template has no such refund.");
  return found;
}

const refundTo =
  (status: "succeeded" | "failed") =>
  async (context: Context, act: Act): View =>
    endRefund(context, await refundOf(context, act), status);

async function openDispute(context: Context, act: Act): View {
  const { id, amount, currency } = await paymentOf(context, act, "paid");
  const dispute: Dispute = {
    id: context.book.newId("dp_"),
    payment: id,
    amount: amountOf(act.amount, amount, currency),
    currency,
    status: "open",
    reason: act.reason ?? "fraudulent",
    due_by: new Date(context.now.getTime() + 7 * 86_400_000).toISOString(),
  };
  await tellDispute(context, dispute);
  return dispute;
}

const disputeTo =
  (status: "won" | "lost") =>
  async (context: Context, act: Act): View => {
    const rows = await context.book.list<Dispute>("dispute");
    const payment = act.dispute === undefined ? await paymentOf(context, act, "paid") : null;
    const found = rows
      .map(({ data }) => data)
      .find((row) => row.id === act.dispute || row.payment === payment?.id);
    if (!found) throw new Refused(404, "Template has no such dispute.");
    const ended = { ...found, status };
    await tellDispute(context, ended);
    return ended;
  };

export const acts = {
  pay,
  fail_payment: failPayment,
  refund,
  fail_refund: refundTo("failed"),
  succeed_refund: refundTo("succeeded"),
  open_dispute: openDispute,
  win_dispute: disputeTo("won"),
  lose_dispute: disputeTo("lost"),
};
