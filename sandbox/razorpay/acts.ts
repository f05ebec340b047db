/** What happens on Razorpay's side by itself: shoppers in its window, staff in its dashboard, banks. */
import { cardBrand } from "#lib/domain/card";
import { parseAmount } from "#lib/domain/money";
import { toGatewayMinor } from "#lib/gateways/amounts";
import { currencies } from "#lib/gateways/razorpay/currencies";
import { Refused } from "../refused.ts";
import type { Act, Context } from "../stand-in.ts";
import {
  disputeView,
  newId,
  paymentView,
  refundView,
  seconds,
  type Dispute,
  type Order,
  type Payment,
  type Refund,
} from "./documents.ts";
import {
  attempt,
  authorizeLate,
  endRefund,
  makeRefund,
  refundableOf,
  saveDispute,
} from "./settle.ts";
import { reasonOf } from "./test-cards.ts";

const daysToAnswer = 7;
const dayS = 86_400;

type View = Promise<Record<string, unknown>>;

/** The order that was prepared for a payment of the shop. */
async function orderOf({ book }: Context, { transaction }: Act): Promise<Order> {
  const [found] = await book.list<Order>("order", { parent: transaction ?? "" });
  if (!found) throw new Refused(404, "Razorpay has no order with this receipt.");
  return found.data;
}

async function paymentsOf({ book }: Context, { transaction }: Act): Promise<Payment[]> {
  const rows = await book.list<Payment>("payment", { merchantReference: transaction ?? "" });
  return rows.map(({ data }) => data);
}

async function paidOf(context: Context, act: Act): Promise<Payment> {
  const found =
    act.charge === undefined
      ? (await paymentsOf(context, act)).find(({ status }) =>
          ["captured", "refunded"].includes(status),
        )
      : (await context.book.get<Payment>("payment", act.charge))?.data;
  if (!found) throw new Refused(404, "Razorpay has no such payment that was captured.");
  return found;
}

function amountOf({ amount }: Act, standard: number, currency: string): number {
  if (amount === undefined) return standard;
  const rule = currencies[currency];
  const value = rule ? toGatewayMinor(parseAmount(amount, currency), currency, rule) : null;
  if (value === null) throw new Refused(400, "amount: Razorpay cannot write this amount.");
  return Number(value);
}

async function pay(context: Context, act: Act): View {
  const order = await orderOf(context, act);
  if (order.status === "paid") throw new Refused(409, "This order is paid already.");
  const number = (act.card ?? "4100280000001007").replace(/\D/g, "");
  const card = { network: cardBrand(number), last4: number.slice(-4) };
  const reason = reasonOf(number);
  return paymentView(await attempt(context, order, { method: "card", card, reason }));
}

async function failPayment(context: Context, act: Act): View {
  const order = await orderOf(context, act);
  const reason = act.reason ?? "card_declined";
  return paymentView(await attempt(context, order, { method: "card", card: null, reason }));
}

async function lateAuthorize(context: Context, act: Act): View {
  const failed = (await paymentsOf(context, act)).find(({ status }) => status === "failed");
  if (!failed) throw new Refused(404, "Razorpay has no failed payment of this order.");
  return paymentView(await authorizeLate(context, failed));
}

async function refundInDashboard(context: Context, act: Act): View {
  const payment = await paidOf(context, act);
  const left = refundableOf(payment);
  const amount = amountOf(act, left, payment.currency);
  if (amount > left || left === 0) throw new Refused(409, "Not so much is left to refund.");
  return refundView(await makeRefund(context, payment, { amount, receipt: null, notes: {} }));
}

async function refundOf(context: Context, act: Act): Promise<Refund> {
  const rows = await context.book.list<Refund>("refund");
  const payment = act.refund === undefined ? await paidOf(context, act) : null;
  const found = rows.find(({ data }) =>
    payment
      ? data.payment_id === payment.id
      : data.id === act.refund || data.notes["refund_id"] === act.refund,
  );
  if (!found) throw new Refused(404, "Razorpay has no such refund.");
  return found.data;
}

const endOneRefund =
  (status: "processed" | "failed") =>
  async (context: Context, act: Act): View => {
    const refund = await refundOf(context, act);
    if (refund.status === status) throw new Refused(409, `This refund is ${status} already.`);
    if (refund.status === "failed") throw new Refused(409, "This refund has failed.");
    return refundView(await endRefund(context, refund, status));
  };

async function openDispute(context: Context, act: Act): View {
  const payment = await paidOf(context, act);
  const dispute: Dispute = {
    id: newId("disp"),
    payment_id: payment.id,
    amount: amountOf(act, payment.amount, payment.currency),
    currency: payment.currency,
    reason_code: act.reason ?? "chargeback_fraud",
    status: "open",
    respond_by: seconds(context.now) + daysToAnswer * dayS,
    created_at: seconds(context.now),
  };
  await saveDispute(context, dispute);
  return disputeView(dispute);
}

const moveDispute =
  (status: "under_review" | "won" | "lost") =>
  async (context: Context, act: Act): View => {
    const rows = await context.book.list<Dispute>("dispute");
    const payment = act.dispute === undefined ? await paidOf(context, act) : null;
    const found = rows.find(({ data }) =>
      payment ? data.payment_id === payment.id : data.id === act.dispute,
    );
    if (!found) throw new Refused(404, "Razorpay has no such dispute.");
    const moved: Dispute = { ...found.data, status };
    await saveDispute(context, moved);
    return disputeView(moved);
  };

export const acts = {
  pay,
  fail_payment: failPayment,
  late_authorize: lateAuthorize,
  refund: refundInDashboard,
  fail_refund: endOneRefund("failed"),
  succeed_refund: endOneRefund("processed"),
  open_dispute: openDispute,
  review_dispute: moveDispute("under_review"),
  win_dispute: moveDispute("won"),
  lose_dispute: moveDispute("lost"),
};
