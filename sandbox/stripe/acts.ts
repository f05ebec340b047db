/** What happens on Stripe's side by itself: shoppers on our page, staff in its dashboard, banks. */
import { Refused } from "../refused.ts";
import type { Act, Context } from "../stand-in.ts";
import { fromDecimal } from "./amounts.ts";
import { StripeRefusal } from "./answers.ts";
import { balanceArrives } from "./charges.ts";
import { checkOpen, endDispute, openDispute } from "./disputes.ts";
import { shown, type Charge, type Dispute, type PaymentIntent, type Refund } from "./documents.ts";
import { cancelIntent, chargeOf } from "./holds.ts";
import { authenticate, confirmIntent } from "./intents.ts";
import { methodFromCard, resolveMethod } from "./payment-methods.ts";
import { failRefund, makeRefund, refundable } from "./refunds.ts";

type View = Promise<Record<string, unknown>>;
const declined = "pm_card_visa_chargeDeclined";

/** Of the shop's `TXN-…`, or by its own id or a charge's; the newest where there are several. */
async function intentOf({ book }: Context, { transaction, charge }: Act): Promise<PaymentIntent> {
  const found =
    charge === undefined
      ? (
          await book.list<PaymentIntent>("payment_intent", {
            merchantReference: transaction ?? "",
            limit: 1,
          })
        )[0]
      : await book.get<PaymentIntent>("payment_intent", await intentIdOf(book, charge));
  if (!found) throw new Refused(404, "Stripe has no such payment intent.");
  return found.data;
}

async function intentIdOf(book: Context["book"], id: string): Promise<string> {
  return (await book.get<Charge>("charge", id))?.data.payment_intent ?? id;
}

async function paidChargeOf(context: Context, act: Act): Promise<Charge> {
  const intent = await intentOf(context, act);
  if (intent.status !== "succeeded") throw new Refused(409, "This payment was not made.");
  return balanceArrives(context, await chargeOf(context, intent));
}

function amountOf({ amount }: Act, currency: string): number | null {
  if (amount === undefined) return null;
  const units = fromDecimal(amount, currency);
  if (units === null) throw new Refused(400, 'amount: Enter a decimal string, such as "10.00".');
  return units;
}

/** The words of Stripe's refusal for whoever made the control call. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StripeRefusal) throw new Refused(409, error.message);
    throw error;
  }
}

/** The shopper pays in the page. A card that asks for 3-D Secure then waits for `complete_3ds`. */
const payWith = (usual: string) => (context: Context, act: Act) =>
  refusing(async () => {
    const intent = await intentOf(context, act);
    const card = act.card ?? usual;
    const expiry = { exp_month: "12", exp_year: String(context.now.getUTCFullYear() + 3) };
    const method = card.startsWith("pm_")
      ? await resolveMethod(context, card)
      : await methodFromCard(context, { type: "card", card: { number: card, ...expiry } });
    const confirmed = await confirmIntent(context, intent, {
      method,
      returnUrl: null,
      offSession: false,
      errorOnAction: false,
      byScript: true,
    });
    return shown(confirmed.intent);
  });

const answer3ds = (isDone: boolean) => (context: Context, act: Act) =>
  refusing(async () => {
    const { intent } = await authenticate(context, await intentOf(context, act), isDone);
    return shown(intent);
  });

const refundInDashboard = (context: Context, act: Act): View =>
  refusing(async () => {
    const charge = await paidChargeOf(context, act);
    const refund = await makeRefund(context, charge, {
      amount: amountOf(act, charge.currency),
      reason: "requested_by_customer",
      metadata: {},
    });
    return shown(refund);
  });

/** By its own id or the shop's `REF-…`; else the newest of the payment. */
async function refundOf(context: Context, act: Act): Promise<Refund> {
  const { book } = context;
  const { refund } = act;
  const found =
    refund === undefined
      ? (await book.list<Refund>("refund", { parent: (await intentOf(context, act)).id }))[0]
      : ((await book.get<Refund>("refund", refund)) ??
        (await book.list<Refund>("refund", { merchantReference: refund, limit: 1 }))[0]);
  if (!found) throw new Refused(404, "Stripe has no such refund.");
  return found.data;
}

async function failRefundAct(context: Context, act: Act): View {
  const refund = await refundOf(context, act);
  if (refund.status === "failed") throw new Refused(409, "This refund has failed already.");
  return shown(await failRefund(context, refund, act.reason ?? "expired_or_canceled_card"));
}

async function openDisputeAct(context: Context, act: Act): View {
  const charge = await paidChargeOf(context, act);
  if (charge.disputed) throw new Refused(409, "This payment is disputed already.");
  const amount = amountOf(act, charge.currency) ?? refundable(charge);
  if (amount < 1 || amount > charge.amount_captured) {
    throw new Refused(409, "That is more than what was paid.");
  }
  const reason = act.reason ?? "fraudulent";
  return shown(await openDispute(context, charge, { amount, reason, isInquiry: false }));
}

const endDisputeAct =
  (status: "won" | "lost") =>
  (context: Context, act: Act): View =>
    refusing(async () => {
      const { book } = context;
      const found =
        act.dispute === undefined
          ? (await book.list<Dispute>("dispute", { parent: (await intentOf(context, act)).id }))[0]
          : await book.get<Dispute>("dispute", act.dispute);
      if (!found) throw new Refused(404, "Stripe has no such dispute.");
      checkOpen(found.data);
      return shown(await endDispute(context, found.data, status));
    });

async function expireAuthorization(context: Context, act: Act): View {
  const intent = await intentOf(context, act);
  if (intent.status !== "requires_capture") throw new Refused(409, "No money is held for this.");
  return shown(await cancelIntent(context, intent, "automatic"));
}

export const acts = {
  pay: payWith("pm_card_visa"),
  fail_payment: payWith(declined),
  complete_3ds: answer3ds(true),
  fail_3ds: answer3ds(false),
  refund: refundInDashboard,
  fail_refund: failRefundAct,
  open_dispute: openDisputeAct,
  win_dispute: endDisputeAct("won"),
  lose_dispute: endDisputeAct("lost"),
  expire_authorization: expireAuthorization,
};
