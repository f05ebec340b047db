/** What happens to a payment at Flutterwave's stand-in, and what the shop is told of it. */
import { formatAmount } from "#lib/domain/money";
import type { Context } from "../stand-in.ts";
import {
  minorOf,
  newNumber,
  refundState,
  refundView,
  transactionView,
  transactionsOf,
  type Link,
  type Refund,
  type Step,
  type Transaction,
} from "./documents.ts";

/** How long a bank transfer takes to arrive, and a refund to be paid out. */
const transferMs = 4_000;
const refundMs = 2_000;

export type Attempt = {
  paymentType: Transaction["payment_type"];
  card: Transaction["card"];
  step: Step | null;
  refusal: string;
  /** Another amount than the link's: somebody transferred too much, or too little. */
  amount?: string;
};

export function saveLink({ book }: Context, link: Link): Promise<void> {
  return book.save("link", link.id, link);
}

/** Begins a payment on a page. It stays pending until its step is done, or the page's time is over. */
export async function beginPayment(
  context: Context,
  link: Link,
  attempt: Attempt,
): Promise<Transaction> {
  const transaction: Transaction = {
    id: newNumber(),
    link: link.id,
    tx_ref: link.tx_ref,
    flw_ref: `FLW-MOCK-${context.book.newId("", 16)}`,
    amount: attempt.amount ?? link.amount,
    currency: link.currency,
    status: "pending",
    processor_response: "Pending, validation",
    payment_type: attempt.paymentType,
    card: attempt.card,
    step: attempt.step,
    refusal: attempt.refusal,
    email: link.email,
    meta: link.meta,
    refunded: "0",
    created_at: context.now.toISOString(),
  };
  await saveTransaction(context, transaction, new Date(link.ends_at));
  return transaction.step === null ? decide(context, transaction) : transaction;
}

export async function saveTransaction(
  { book }: Context,
  transaction: Transaction,
  dueAt?: Date,
): Promise<void> {
  await book.save("transaction", transaction.id, transaction, {
    parent: transaction.link,
    ...(dueAt ? { dueAt } : {}),
  });
}

/** The shopper's part is done: the issuer says yes or no. */
export function decide(context: Context, transaction: Transaction): Promise<Transaction> {
  return transaction.refusal === ""
    ? endPayment(context, transaction, "successful", "Approved by Financial Institution")
    : endPayment(context, transaction, "failed", transaction.refusal);
}

/** The transfer is on its way: it arrives after a while. */
export async function awaitTransfer(context: Context, transaction: Transaction): Promise<void> {
  const sent = { ...transaction, step: null, processor_response: "Pending, awaiting transfer" };
  await saveTransaction(context, sent, new Date(context.now.getTime() + transferMs));
}

/** Ends a pending payment, tells the shop, and closes its page where that is due. */
export async function endPayment(
  context: Context,
  transaction: Transaction,
  status: "successful" | "failed",
  processorResponse: string,
): Promise<Transaction> {
  const ended: Transaction = {
    ...transaction,
    status,
    step: null,
    processor_response: processorResponse,
  };
  await saveTransaction(context, ended);
  const link = (await context.book.get<Link>("link", transaction.link))?.data;
  if (link) await closeLink(context, link, status);
  await context.emit({
    id: `charge.completed:${ended.id}:${status}`,
    type: "charge.completed",
    payload: {
      event: "charge.completed",
      data: transactionView(ended),
      "event.type":
        ended.payment_type === "card" ? "CARD_TRANSACTION" : "BANK_TRANSFER_TRANSACTION",
    },
  });
  return ended;
}

async function closeLink(
  context: Context,
  link: Link,
  status: "successful" | "failed",
): Promise<void> {
  if (status === "successful") return saveLink(context, { ...link, state: "paid" });
  const attempts = link.attempts + 1;
  const isOver = link.state === "open" && attempts >= link.max_attempts;
  return saveLink(context, { ...link, attempts, state: isOver ? "closed" : link.state });
}

/** Ends what waits for the shopper on a page that is no longer there for them. */
export async function dropUnfinished(context: Context, txRef: string): Promise<void> {
  for (const transaction of await transactionsOf(context, txRef)) {
    if (transaction.status === "pending" && transaction.step !== null)
      await endPayment(context, transaction, "failed", "Cancelled");
  }
}

/** A transaction has come to its time: a transfer has arrived, or the page's time is over. */
export async function transactionDue(context: Context, id: string): Promise<void> {
  const found = await context.book.get<Transaction>("transaction", id);
  if (found?.data.status !== "pending") return;
  if (found.data.step === null) await decide(context, found.data);
  else await endPayment(context, found.data, "failed", "Transaction timed out");
}

/** Books a refund. `isDone`: it has been paid out, as one that staff made by hand. */
export async function makeRefund(
  context: Context,
  transaction: Transaction,
  asked: { amount: string; comment: string; isDone: boolean },
): Promise<Refund> {
  const refund: Refund = {
    id: newNumber(),
    transaction: transaction.id,
    comment: asked.comment,
    amount: asked.amount,
    currency: transaction.currency,
    flw_ref: transaction.flw_ref,
    status: "completed",
    created_at: context.now.toISOString(),
  };
  await addRefunded(context, transaction, minorOf(asked.amount, transaction.currency));
  const dueAt = new Date(context.now.getTime() + (context.lateMs ?? refundMs));
  await context.book.save("refund", refund.id, refund, { parent: transaction.id, dueAt });
  return asked.isDone ? moveRefund(context, refund, "completed-mpgs") : refund;
}

/** Another status of a refund, of which the shop is told; a failed one is the merchant's money again. */
export async function moveRefund(
  context: Context,
  refund: Refund,
  status: string,
): Promise<Refund> {
  const moved = { ...refund, status };
  await context.book.save("refund", refund.id, moved);
  const gaveBack = refundState(refund.status) !== "failed" && refundState(status) === "failed";
  const transaction = (await context.book.get<Transaction>("transaction", refund.transaction))
    ?.data;
  if (gaveBack && transaction)
    await addRefunded(context, transaction, -minorOf(refund.amount, refund.currency));
  await context.emit({
    id: `refund:${refund.id}:${status}`,
    type: "refund",
    payload: refundView(moved),
  });
  return moved;
}

export async function refundDue(context: Context, id: string): Promise<void> {
  const found = await context.book.get<Refund>("refund", id);
  if (found && refundState(found.data.status) === "pending")
    await moveRefund(context, found.data, "completed-mpgs");
}

async function addRefunded(
  context: Context,
  transaction: Transaction,
  addMinor: bigint,
): Promise<void> {
  const { refunded, currency } = transaction;
  const sum = minorOf(refunded, currency) + addMinor;
  await saveTransaction(context, { ...transaction, refunded: formatAmount(sum, currency) });
}

/** What may still be given back of a transaction, in minor units. */
export function refundableOf({ amount, refunded, currency, status }: Transaction): bigint {
  return status === "successful" ? minorOf(amount, currency) - minorOf(refunded, currency) : 0n;
}
