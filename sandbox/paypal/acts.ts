/** What happens on PayPal's side by itself: buyers on its page, staff in its dashboard, banks. */
import { isPaymentError } from "#lib/domain/errors";
import { parseAmount } from "#lib/domain/money";
import { Refused } from "../refused.ts";
import type { Act, Context } from "../stand-in.ts";
import { PayPalRefusal } from "./answers.ts";
import { moveDispute, openDispute } from "./disputes.ts";
import {
  find,
  refundableOf,
  type Authorization,
  type Capture,
  type Dispute,
  type Funding,
  type Order,
  type Refund,
} from "./documents.ts";
import { moneyOf, type Money } from "./money.ts";
import { approveOrder, endCapture, endRefund, refundCapture, voidAuthorization } from "./settle.ts";
import { authorizationView, captureView, disputeView, minimalOrder, refundView } from "./views.ts";

type Acted = Promise<Record<string, unknown>>;

/** The newest order of the shop's payment. */
async function orderOf({ book }: Context, { transaction }: Act): Promise<Order> {
  if (transaction === undefined) throw new Refused(400, "transaction: Name the payment, TXN-….");
  const [newest] = await book.list<Order>("order", { merchantReference: transaction });
  if (newest) return newest.data;
  throw new Refused(404, "PayPal has no order with this reference.");
}

async function captureOf(context: Context, { charge, transaction }: Act): Promise<Capture> {
  const found =
    charge === undefined
      ? (await context.book.list<Capture>("capture", { merchantReference: transaction ?? "" }))[0]
          ?.data
      : await find(context, "capture", charge);
  if (found) return found;
  throw new Refused(404, "PayPal has no such payment that was captured.");
}

async function holdOf(context: Context, { charge, transaction }: Act): Promise<Authorization> {
  const { book } = context;
  const reference = transaction ?? "";
  const found =
    charge === undefined
      ? (await book.list<Authorization>("authorization", { merchantReference: reference }))[0]?.data
      : await find(context, "authorization", charge);
  if (found) return found;
  throw new Refused(404, "PayPal holds nothing for this payment.");
}

/** An amount of a control call, or `standard`. */
function amountOf({ amount }: Act, standard: Money): Money {
  if (amount === undefined) return standard;
  return moneyOf(parseAmount(amount, standard.currency_code), standard.currency_code);
}

/** PayPal's refusals as those of a control call. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PayPalRefusal) throw new Refused(409, `PayPal says ${error.message}.`);
    if (isPaymentError(error)) throw new Refused(400, error.publicMessage);
    throw error;
  }
}

const fundings: readonly string[] = ["balance", "declined", "echeck"];
const isFunding = (text: string): text is Funding => fundings.includes(text);

async function approve(context: Context, act: Act): Acted {
  const order = await orderOf(context, act);
  const card = act.card ?? "balance";
  if (!isFunding(card)) throw new Refused(400, `card: Choose one of ${fundings.join(", ")}.`);
  requireOpen(order);
  return minimalOrder(await approveOrder(context, order, card), context);
}

function requireOpen({ status }: Order): void {
  if (status === "COMPLETED") throw new Refused(409, "This order is paid already.");
  if (status === "EXPIRED" || status === "VOIDED") throw new Refused(409, "This order is over.");
}

/** The buyer pays; what is pending at PayPal clears. */
async function pay(context: Context, act: Act): Acted {
  const order = await orderOf(context, act);
  const [pending] = await context.book.list<Capture>("capture", { parent: order.id });
  if (pending?.data.status === "PENDING") {
    return captureView(await endCapture(context, pending.data, "COMPLETED"), context);
  }
  return approve(context, act);
}

/** What is pending is denied; else the buyer approves with a source that is declined at the capture. */
async function failPayment(context: Context, act: Act): Acted {
  const order = await orderOf(context, act);
  const [pending] = await context.book.list<Capture>("capture", { parent: order.id });
  if (pending?.data.status === "PENDING") {
    return captureView(await endCapture(context, pending.data, "DECLINED"), context);
  }
  return approve(context, { ...act, card: "declined" });
}

/** The buyer goes back to the shop. PayPal tells nobody. */
async function cancel(context: Context, act: Act): Acted {
  return minimalOrder(await orderOf(context, act), context);
}

async function refundInDashboard(context: Context, act: Act): Acted {
  const capture = await captureOf(context, act);
  const made = refundCapture(context, capture, {
    amount: amountOf(act, refundableOf(capture)),
    custom_id: "",
    invoice_id: "",
    note: act.reason ?? "",
  });
  return refundView(await inWords(made), context);
}

/** By its own id or the shop's; else the newest of the payment. */
async function refundOf(context: Context, act: Act): Promise<Refund> {
  const { book } = context;
  const { refund } = act;
  const found =
    refund === undefined
      ? (await book.list<Refund>("refund", { parent: (await captureOf(context, act)).id }))[0]?.data
      : ((await find(context, "refund", refund)) ??
        (await book.list<Refund>("refund", { merchantReference: refund }))[0]?.data);
  if (found) return found;
  throw new Refused(404, "PayPal has no such refund.");
}

const endRefundAs =
  (status: "COMPLETED" | "FAILED") =>
  async (context: Context, act: Act): Acted => {
    const refund = await refundOf(context, act);
    if (refund.status === "FAILED" || refund.status === status) {
      throw new Refused(409, `This refund is ${refund.status.toLowerCase()} already.`);
    }
    return refundView(await endRefund(context, refund, status), context);
  };

async function disputePayment(context: Context, act: Act): Acted {
  const capture = await captureOf(context, act);
  const dispute = await openDispute(context, capture, {
    amount: amountOf(act, capture.amount),
    reason: act.reason ?? "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
  });
  return disputeView(dispute, context);
}

const endDispute =
  (outcome: Dispute["outcome"]) =>
  async (context: Context, act: Act): Acted => {
    const found =
      act.dispute === undefined
        ? (
            await context.book.list<Dispute>("dispute", {
              chargeId: (await captureOf(context, act)).id,
            })
          )[0]?.data
        : await find(context, "dispute", act.dispute);
    if (!found) throw new Refused(404, "PayPal has no such dispute.");
    return disputeView(await moveDispute(context, found, outcome), context);
  };

/** The hold has run out, whatever the clock says. */
async function expireAuthorization(context: Context, act: Act): Acted {
  const hold = await holdOf(context, act);
  // By the shop's clock as well, which may be behind.
  const expires = new Date(Math.min(context.now.getTime(), Date.now())).toISOString();
  const over = { ...hold, expires };
  return authorizationView(await inWords(voidAuthorization(context, over)), context);
}

/** Staff let go of it in PayPal's dashboard. */
async function releaseInDashboard(context: Context, act: Act): Acted {
  const hold = await holdOf(context, act);
  return authorizationView(await inWords(voidAuthorization(context, hold)), context);
}

export const acts = {
  pay,
  approve,
  fail_payment: failPayment,
  cancel,
  refund: refundInDashboard,
  fail_refund: endRefundAs("FAILED"),
  succeed_refund: endRefundAs("COMPLETED"),
  open_dispute: disputePayment,
  review_dispute: endDispute(null),
  win_dispute: endDispute("RESOLVED_SELLER_FAVOUR"),
  lose_dispute: endDispute("RESOLVED_BUYER_FAVOUR"),
  expire_authorization: expireAuthorization,
  void_authorization: releaseInDashboard,
};
