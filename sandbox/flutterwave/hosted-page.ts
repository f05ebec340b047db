/** The page on which shoppers pay at Flutterwave, step by step, each a form and a redirect. */
import { luhnValid } from "#lib/domain/card";
import { html, type Call, type Context, type Reply, type Route } from "../stand-in.ts";
import {
  findLink,
  findTransactionDocument,
  transactionsOf,
  type Link,
  type Transaction,
} from "./documents.ts";
import { closedPage, pathOf, payPage, stepPage, unknownPage, waitingPage } from "./pages.ts";
import {
  awaitTransfer,
  beginPayment,
  decide,
  dropUnfinished,
  endPayment,
  saveTransaction,
  type Attempt,
} from "./settle.ts";
import { findTestCard, testCards, testOtp, testPin } from "./test-cards.ts";

/** Where the shopper goes back to, with what the page says of the payment. It proves nothing. */
function returnUrl(link: Link, status: string, transaction?: Transaction): string {
  const url = new URL(link.redirect_url);
  url.searchParams.set("status", status);
  url.searchParams.set("tx_ref", link.tx_ref);
  if (transaction) url.searchParams.set("transaction_id", transaction.id);
  return url.href;
}

const redirect = (location: string): Reply => ({
  status: 303,
  body: "",
  headers: { Location: location },
});

const stepPath = (link: Link, { id }: Transaction): string => `${pathOf(link)}/step/${id}`;

/** Runs `work` where the page still takes a payment; else says why not, and leads back. */
async function whileOpen(
  context: Context,
  { params }: Call,
  work: (link: Link) => Promise<Reply> | Reply,
): Promise<Reply> {
  const link = await findLink(context, params["id"] ?? "");
  if (!link) return html(404, unknownPage());
  if (link.state === "paid") {
    const tried = await transactionsOf(context, link.tx_ref);
    const paid = tried.find(({ status }) => status === "successful");
    const back = returnUrl(link, "successful", paid);
    return html(200, closedPage(link, "Paid", "This payment was made. It is made once.", back));
  }
  const isOver = new Date(link.ends_at) <= context.now;
  if (isOver || link.state !== "open") {
    const title = isOver ? "Out of time" : "No longer open";
    const words = "This payment is no longer open. Nothing was charged by this page.";
    return html(410, closedPage(link, title, words, returnUrl(link, "cancelled")));
  }
  return work(link);
}

const show = (context: Context, call: Call): Promise<Reply> =>
  whileOpen(context, call, (link) => {
    const chosen = testCards[Number(call.query.get("card") ?? "-1")];
    return html(200, payPage(link, undefined, chosen));
  });

const fieldsOf = ({ body }: Call): URLSearchParams => new URLSearchParams(body.toString("utf8"));

const begin = (context: Context, call: Call): Promise<Reply> =>
  whileOpen(context, call, async (link) => {
    const fields = fieldsOf(call);
    const attempt = attemptOf(fields);
    if (typeof attempt === "string") return html(422, payPage(link, attempt));
    // One payment at a time: what was left unfinished on this page is given up.
    await giveUpUnfinished(context, link);
    return goOn(link, await beginPayment(context, link, attempt));
  });

async function giveUpUnfinished(context: Context, link: Link): Promise<void> {
  for (const transaction of await transactionsOf(context, link.tx_ref)) {
    if (transaction.status !== "pending" || transaction.step === null) continue;
    const ended: Transaction = { ...transaction, status: "failed", step: null };
    await saveTransaction(context, { ...ended, processor_response: "Given up by the customer" });
  }
}

/** What the shopper chose, or what is wrong with it. A card's number goes no further than this function. */
function attemptOf(fields: URLSearchParams): Attempt | string {
  const refusal = "";
  switch (fields.get("method")) {
    case "bank_transfer":
      return { paymentType: "bank_transfer", card: null, step: "transfer", refusal };
    case "mobilemoney":
      return { paymentType: "mobilemoney", card: null, step: "phone", refusal };
    default: {
      const number = (fields.get("number") ?? "").replace(/\D/g, "");
      const known = findTestCard(number);
      if (!luhnValid(number) && !known) return "This card number is wrong. Check its digits.";
      if (!known) return "The sandbox knows its test cards only. They are listed below the form.";
      const card = { type: known.type, last_4digits: number.slice(-4) };
      return { paymentType: "card", card, step: known.step, refusal: known.refusal };
    }
  }
}

/** Where a transaction leads: its next step, the wait, another try, or back to the shop. */
function goOn(link: Link, transaction: Transaction): Reply {
  if (transaction.status === "successful")
    return redirect(returnUrl(link, "successful", transaction));
  return redirect(stepPath(link, transaction));
}

async function showStep(context: Context, call: Call): Promise<Reply> {
  const link = await findLink(context, call.params["id"] ?? "");
  const transaction = await findTransactionDocument(context, call.params["transaction"] ?? "");
  if (!link || transaction?.link !== link.id) return html(404, unknownPage());
  const { status, step } = transaction;
  if (status === "successful") return redirect(returnUrl(link, "successful", transaction));
  if (status === "failed") return afterFailure(link, transaction);
  if (step === null) return html(200, waitingPage(link));
  return whileOpen(context, call, () => html(200, stepPage(link, transaction, step)));
}

function afterFailure(link: Link, transaction: Transaction): Reply {
  if (link.state !== "open") return redirect(returnUrl(link, "failed", transaction));
  const why = `The payment failed: ${transaction.processor_response}. Nothing was charged. You may try again.`;
  return html(200, payPage(link, why));
}

const takeStep = (context: Context, call: Call): Promise<Reply> =>
  whileOpen(context, call, async (link) => {
    const transaction = await findTransactionDocument(context, call.params["transaction"] ?? "");
    if (transaction?.link !== link.id) return html(404, unknownPage());
    const here = redirect(stepPath(link, transaction));
    if (transaction.status !== "pending") return here;
    const fields = fieldsOf(call);
    switch (transaction.step) {
      case "pin":
        if (fields.get("pin") !== testPin) {
          return html(422, stepPage(link, transaction, "pin", "This PIN is wrong. Try it again."));
        }
        await saveTransaction(context, { ...transaction, step: "otp" }, new Date(link.ends_at));
        return here;
      case "otp":
        if (fields.get("otp") !== testOtp) {
          return html(422, stepPage(link, transaction, "otp", "This code is wrong. Try it again."));
        }
        await decide(context, transaction);
        return here;
      case "avs":
        await decide(context, transaction);
        return here;
      case "transfer":
        await awaitTransfer(context, transaction);
        return here;
      case "3ds":
      case "phone":
        if (fields.get("choice") === "approve") await decide(context, transaction);
        else await endPayment(context, transaction, "failed", "Customer refused the payment");
        return here;
      case null:
        return here;
    }
  });

const cancel = (context: Context, call: Call): Promise<Reply> =>
  whileOpen(context, call, async (link) => {
    // The page itself stays open: who leaves it may come back to it.
    await dropUnfinished(context, link.tx_ref);
    return redirect(returnUrl(link, "cancelled"));
  });

const isPublic = true;

export const pageRoutes: Readonly<Record<string, Route>> = {
  "GET /v3/hosted/pay/:id": { handle: show, isPublic },
  "POST /v3/hosted/pay/:id": { handle: begin, isPublic },
  "POST /v3/hosted/pay/:id/cancel": { handle: cancel, isPublic },
  "GET /v3/hosted/pay/:id/step/:transaction": { handle: showStep, isPublic },
  "POST /v3/hosted/pay/:id/step/:transaction": { handle: takeStep, isPublic },
};
