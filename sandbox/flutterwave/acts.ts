/** What happens on Flutterwave's side by itself: shoppers on its page, staff in its dashboard, banks. */
import { cardBrand } from "#lib/domain/card";
import { Refused } from "../refused.ts";
import type { Act, Context } from "../stand-in.ts";
import {
  chargebackView,
  findTransactionDocument,
  minorOf,
  newNumber,
  refundView,
  transactionsOf,
  transactionView,
  type Chargeback,
  type Link,
  type Refund,
  type Transaction,
} from "./documents.ts";
import {
  beginPayment,
  decide,
  endPayment,
  makeRefund,
  moveRefund,
  refundableOf,
  type Attempt,
} from "./settle.ts";
import { findTestCard } from "./test-cards.ts";

const dayMs = 86_400_000;
const daysToAnswer = 5;

type View = Promise<Record<string, unknown>>;

/** An amount of a control call, or `standard`. */
function amountOf({ amount }: Act, standard: string, currency: string): string {
  const asked = amount ?? standard;
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(asked) || minorOf(asked, currency) === 0n) {
    throw new Refused(400, 'amount: Enter a decimal string, such as "10.00".');
  }
  return asked;
}

async function linkOf({ book }: Context, { transaction }: Act): Promise<Link> {
  if (transaction === undefined) throw new Refused(400, "transaction: Name the payment, TXN-….");
  const rows = await book.list<Link>("link");
  const links = rows.map(({ data }) => data).filter(({ tx_ref }) => tx_ref === transaction);
  const link = links.find(({ state }) => state === "open") ?? links[0];
  if (!link) throw new Refused(404, "Flutterwave has no payment page with this reference.");
  return link;
}

async function transactionOf(context: Context, act: Act): Promise<Transaction> {
  const { charge, transaction } = act;
  const found =
    charge !== undefined
      ? await findTransactionDocument(context, charge)
      : (await transactionsOf(context, transaction ?? "")).find(
          ({ status }) => status === "successful",
        );
  if (!found) throw new Refused(404, "Flutterwave has no such transaction that was paid.");
  return found;
}

async function pendingOf(context: Context, { transaction }: Act): Promise<Transaction | null> {
  const tried = await transactionsOf(context, transaction ?? "");
  return tried.find(({ status }) => status === "pending") ?? null;
}

/** The shopper pays on the page, whatever its state is: it may have been open in another window. */
async function pay(context: Context, act: Act): View {
  const waiting = await pendingOf(context, act);
  if (waiting) return transactionView(await decide(context, waiting));
  const link = await linkOf(context, act);
  if (link.state === "paid") throw new Refused(409, "This payment was made already.");
  const amount = amountOf(act, link.amount, link.currency);
  return transactionView(await beginPayment(context, link, { ...attemptWith(act.card), amount }));
}

/** A card's number, or a way to pay without one. */
function attemptWith(card: string | undefined): Attempt {
  if (card === "bank_transfer" || card === "mobilemoney") {
    return { paymentType: card, card: null, step: null, refusal: "" };
  }
  const number = (card ?? "5531886652142950").replace(/[ -]/g, "");
  const known = findTestCard(number);
  const type = known?.type ?? cardBrand(number).toUpperCase();
  return {
    paymentType: "card",
    card: { type, last_4digits: number.slice(-4) },
    step: null,
    refusal: known?.refusal ?? "",
  };
}

async function failPayment(context: Context, act: Act): View {
  const response = act.reason ?? "Do Not Honour";
  const waiting = await pendingOf(context, act);
  if (waiting) return transactionView(await endPayment(context, waiting, "failed", response));
  const link = await linkOf(context, act);
  const attempt = { ...attemptWith(act.card), refusal: response };
  return transactionView(await beginPayment(context, link, attempt));
}

async function refundInDashboard(context: Context, act: Act): View {
  const transaction = await transactionOf(context, act);
  const { amount, currency } = transaction;
  const asked = amountOf(act, amount, currency);
  if (minorOf(asked, currency) > refundableOf(transaction)) {
    throw new Refused(409, "That is more than what is left of this transaction.");
  }
  const refund = await makeRefund(context, transaction, {
    amount: asked,
    comment: act.reason ?? "Made in the dashboard",
    isDone: true,
  });
  return refundView(refund);
}

/** By its own id or the shop's; else the newest of the transaction. */
async function refundOf(context: Context, act: Act): Promise<Refund> {
  const refunds = (await context.book.list<Refund>("refund")).map(({ data }) => data);
  const { refund } = act;
  const paid = refund === undefined ? await transactionOf(context, act) : null;
  const found = refunds.find(({ id, comment, transaction }) =>
    refund === undefined ? transaction === paid?.id : id === refund || comment.includes(refund),
  );
  if (!found) throw new Refused(404, "Flutterwave has no such refund.");
  return found;
}

async function failRefund(context: Context, act: Act): View {
  const refund = await refundOf(context, act);
  if (refund.status === "failed") throw new Refused(409, "This refund has failed already.");
  return refundView(await moveRefund(context, refund, "failed"));
}

async function succeedRefund(context: Context, act: Act): View {
  const refund = await refundOf(context, act);
  if (refund.status === "failed") throw new Refused(409, "This refund has failed.");
  return refundView(await moveRefund(context, refund, "completed-mpgs"));
}

async function openDispute(context: Context, act: Act): View {
  const transaction = await transactionOf(context, act);
  const { id, tx_ref, flw_ref, amount, currency } = transaction;
  const chargeback: Chargeback = {
    id: newNumber(),
    transaction: id,
    tx_ref,
    flw_ref,
    amount: amountOf(act, amount, currency),
    currency,
    status: "initiated",
    comment: act.reason ?? "Fraudulent transaction",
    due_date: new Date(context.now.getTime() + daysToAnswer * dayMs).toISOString(),
    created_at: context.now.toISOString(),
  };
  return tellChargeback(context, chargeback);
}

async function tellChargeback(context: Context, chargeback: Chargeback): View {
  const { id, status } = chargeback;
  await context.book.save("chargeback", id, chargeback, { parent: chargeback.transaction });
  await context.emit({
    id: `chargeback.${status}:${id}:${status}`,
    type: `chargeback.${status}`,
    payload: { event: `chargeback.${status}`, data: chargebackView(chargeback) },
  });
  return chargebackView(chargeback);
}

const endDispute =
  (status: "won" | "lost") =>
  async (context: Context, act: Act): View => {
    const rows = await context.book.list<Chargeback>("chargeback");
    const found = rows
      .map(({ data }) => data)
      .find(({ id, transaction, tx_ref }) =>
        act.dispute !== undefined
          ? id === act.dispute
          : transaction === act.charge || tx_ref === act.transaction,
      );
    if (!found) throw new Refused(404, "Flutterwave has no such chargeback.");
    return tellChargeback(context, { ...found, status });
  };

export const acts = {
  pay,
  fail_payment: failPayment,
  refund: refundInDashboard,
  fail_refund: failRefund,
  succeed_refund: succeedRefund,
  open_dispute: openDispute,
  win_dispute: endDispute("won"),
  lose_dispute: endDispute("lost"),
};
