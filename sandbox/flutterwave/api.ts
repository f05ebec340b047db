/** What a merchant's server asks Flutterwave for: pages, transactions, refunds, chargebacks, balances. */
import { z } from "zod";
import { isCurrency } from "#lib/domain/money";
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import {
  chargebackView,
  findTransactionDocument,
  minorOf,
  refundView,
  transactionsOf,
  transactionView,
  type Chargeback,
  type Link,
  type Refund,
  type Transaction,
} from "./documents.ts";
import { dayRange, decimal, failed, noTransaction, paging, readJson, success } from "./answers.ts";
import { dropUnfinished, makeRefund, refundableOf, saveLink } from "./settle.ts";

const paymentBody = z.looseObject({
  tx_ref: z.string().min(1).max(100),
  amount: decimal,
  currency: z.string().default("NGN"),
  redirect_url: z.url(),
  customer: z.looseObject({ email: z.email() }),
  session_duration: z.coerce.number().int().min(1).max(1_440).default(1_440),
  max_retry_attempt: z.coerce.number().int().min(1).max(100).default(3),
  customizations: z.looseObject({ title: z.string().max(200).default("") }).optional(),
  meta: z.record(z.string(), z.unknown()).default({}),
});

async function createPayment(context: Context, call: Call): Promise<Reply> {
  const read = readJson(paymentBody, call);
  if ("refused" in read) return read.refused;
  const { tx_ref, amount, currency, redirect_url, customer, customizations, meta } = read.data;
  if (!isCurrency(currency)) return failed(400, "currency is not supported");
  if (minorOf(amount, currency) === 0n) return failed(400, "amount should be greater than 0");
  const tried = await transactionsOf(context, tx_ref);
  if (tried.some(({ status }) => status === "successful")) {
    return failed(400, "Transaction with this reference already exists");
  }
  const { session_duration, max_retry_attempt } = read.data;
  const link: Link = {
    id: context.book.newId("flwlnk-", 13),
    tx_ref,
    amount,
    currency,
    redirect_url,
    email: customer.email,
    title: customizations?.title ?? "",
    meta,
    ends_at: new Date(context.now.getTime() + session_duration * 60_000).toISOString(),
    max_attempts: max_retry_attempt,
    attempts: 0,
    state: "open",
  };
  await saveLink(context, link);
  return success("Hosted Link", { link: `${context.baseUrl}/v3/hosted/pay/${link.id}` });
}

async function disableLink(context: Context, call: Call): Promise<Reply> {
  const read = readJson(z.looseObject({ link: z.url() }), call);
  if ("refused" in read) return read.refused;
  const id = new URL(read.data.link).pathname.split("/").at(-1) ?? "";
  const link = (await context.book.get<Link>("link", id))?.data;
  if (!link) return failed(400, "Link not found");
  if (link.state !== "open") return failed(400, "Link is already disabled or in use");
  await saveLink(context, { ...link, state: "disabled" });
  await dropUnfinished(context, link.tx_ref);
  return success("LINK DISABLED", true);
}

const fetched = (transaction: Transaction | null | undefined): Reply =>
  transaction
    ? success("Transaction fetched successfully", transactionView(transaction))
    : noTransaction();

async function verifyById(context: Context, { params }: Call): Promise<Reply> {
  return fetched(await findTransactionDocument(context, params["id"] ?? ""));
}

async function verifyByReference(context: Context, { query }: Call): Promise<Reply> {
  const tried = await transactionsOf(context, query.get("tx_ref") ?? "");
  return fetched(tried.find(({ status }) => status === "successful") ?? tried[0]);
}

async function listTransactions(context: Context, { query }: Call): Promise<Reply> {
  const { skip, limit, meta } = paging(query);
  const range = dayRange(query);
  const wanted = ["currency", "status", "tx_ref"].filter((field) => query.has(field));
  if (wanted.length === 0) {
    const rows = await context.book.list<Transaction>("transaction", { ...range, skip, limit });
    const total = await context.book.count("transaction", range);
    const shown = rows.map(({ data }) => transactionView(data));
    return success("Transactions fetched", shown, meta(total));
  }
  const all = await context.book.list<Transaction>("transaction", { ...range, limit: 100_000 });
  const fitting = all
    .map(({ data }) => data)
    .filter((row) => wanted.every((field) => Reflect.get(row, field) === query.get(field)));
  const shown = fitting.slice(skip, skip + limit).map(transactionView);
  return success("Transactions fetched", shown, meta(fitting.length));
}

const refundBody = z.looseObject({
  amount: decimal.optional(),
  comments: z.string().max(500).default(""),
});

async function refundTransaction(context: Context, call: Call): Promise<Reply> {
  const read = readJson(refundBody, call);
  if ("refused" in read) return read.refused;
  const transaction = await findTransactionDocument(context, call.params["id"] ?? "");
  if (!transaction) return noTransaction();
  const { currency, amount: whole } = transaction;
  const amount = read.data.amount ?? whole;
  const amountMinor = minorOf(amount, currency);
  if (currency === "NGN" && amountMinor < 10_000n) {
    return failed(400, "Amount should be above NGN100");
  }
  if (amountMinor === 0n || amountMinor > refundableOf(transaction)) {
    return failed(400, "Refund amount is more than what is left of this transaction");
  }
  const refund = await makeRefund(context, transaction, {
    amount,
    comment: read.data.comments,
    isDone: false,
  });
  return success("Transaction refund initiated", {
    id: Number(refund.id),
    account_id: 17321,
    tx_id: Number(transaction.id),
    flw_ref: refund.flw_ref,
    wallet_id: 74639,
    amount_refunded: Number(amount),
    status: refund.status,
    destination: "payment_source",
    comments: refund.comment,
    meta: { source: "availablebalance" },
    created_at: refund.created_at,
  });
}

async function listRefunds(context: Context, { query }: Call): Promise<Reply> {
  const { skip, limit, meta } = paging(query);
  const range = dayRange(query);
  const rows = await context.book.list<Refund>("refund", { ...range, skip, limit });
  const total = await context.book.count("refund", range);
  return success(
    "Refunds fetched",
    rows.map(({ data }) => refundView(data)),
    meta(total),
  );
}

async function readRefund({ book }: Context, { params }: Call): Promise<Reply> {
  const found = await book.get<Refund>("refund", params["id"] ?? "");
  return found
    ? success("Refund fetched", refundView(found.data))
    : failed(400, "No refund was found for this id");
}

async function listChargebacks(context: Context, { query }: Call): Promise<Reply> {
  const { skip, limit, meta } = paging(query);
  const rows = await context.book.list<Chargeback>("chargeback", { skip, limit });
  const total = await context.book.count("chargeback");
  return success(
    "Chargebacks fetched",
    rows.map(({ data }) => chargebackView(data)),
    meta(total),
  );
}

function balances(): Reply {
  return success("Wallet balances fetched", [
    { currency: "NGN", available_balance: 1_000_000, ledger_balance: 1_000_000 },
    { currency: "USD", available_balance: 25_000, ledger_balance: 25_000 },
  ]);
}

/** The merchant's calls. Money goes by `refund` alone: what is paid, is paid on the page. */
export const apiRoutes: Readonly<Record<string, Route>> = {
  "POST /v3/payments": { handle: createPayment },
  "POST /v3/payments/link/disable": { handle: disableLink },
  "GET /v3/transactions/verify_by_reference": { handle: verifyByReference },
  "GET /v3/transactions/:id/verify": { handle: verifyById },
  "GET /v3/transactions": { handle: listTransactions },
  "POST /v3/transactions/:id/refund": { handle: refundTransaction, movesMoney: true },
  "GET /v3/refunds": { handle: listRefunds },
  "GET /v3/refunds/:id": { handle: readRefund },
  "GET /v3/chargebacks": { handle: listChargebacks },
  "GET /v3/balances": { handle: balances },
};
