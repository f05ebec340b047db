// Razorpay's list of payments with their refunds, for reconciliation.
import type { GatewayAccount, ListedCharge } from "../gateway.ts";
import { callRazorpay } from "./razorpay-api.ts";
import {
  isCaptured,
  listOf,
  minorOf,
  paymentSchema,
  refundReferenceOf,
  refundSchema,
  transactionOf,
  type Payment,
} from "./razorpay-outcomes.ts";

const pageSize = 100;
// The list shows the newest first: a stretch of time is read whole and turned round.
const stretchMs = 6 * 3_600_000;

const payments = listOf(paymentSchema);
const refunds = listOf(refundSchema);

/** Every payment of a time, oldest first, six hours a page. Throws where a list cannot be read. */
export async function* listCharges(
  account: GatewayAccount,
  { from, until }: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  for (let at = from.getTime(); at < until.getTime(); at += stretchMs) {
    const end = Math.min(at + stretchMs, until.getTime());
    const found = (await readPayments(account, at, end)).filter(
      ({ created_at: made }) => made.getTime() >= at && made.getTime() < end,
    );
    const page: ListedCharge[] = [];
    for (const payment of found) page.push(await listedCharge(account, payment));
    if (page.length > 0) yield page;
  }
}

async function readPayments(
  account: GatewayAccount,
  fromMs: number,
  untilMs: number,
): Promise<Payment[]> {
  const found = new Map<string, Payment>();
  for (let skip = 0; ; skip += pageSize) {
    const query = new URLSearchParams({
      from: String(Math.floor(fromMs / 1_000)),
      to: String(Math.ceil(untilMs / 1_000)),
      count: String(pageSize),
      skip: String(skip),
    });
    const { items } = payments.parse(await dataOf(account, `/payments?${query}`));
    for (const payment of items) found.set(payment.id, payment);
    if (items.length < pageSize) break;
  }
  return [...found.values()].sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
}

async function dataOf(account: GatewayAccount, path: string): Promise<unknown> {
  const answer = await callRazorpay(account, path);
  if (answer.kind !== "success") throw new Error("Razorpay's list could not be read.");
  return answer.data;
}

async function listedCharge(account: GatewayAccount, payment: Payment): Promise<ListedCharge> {
  const amountMinor = minor(payment.amount, payment.currency);
  const isTaken = isCaptured(payment);
  const { items } = isTaken
    ? refunds.parse(await dataOf(account, `/payments/${payment.id}/refunds?count=${pageSize}`))
    : { items: [] };
  return {
    reference: payment.id,
    merchantReference: transactionOf(payment),
    // What is authorized and not captured goes back to the shopper by itself.
    status: isTaken ? "succeeded" : "other",
    amountMinor,
    capturedMinor: isTaken ? amountMinor : 0n,
    refundedMinor: minor(payment.amount_refunded ?? 0, payment.currency),
    currency: payment.currency,
    createdAt: payment.created_at,
    refunds: items.map((refund) => ({
      reference: refund.id,
      merchantReference: refundReferenceOf(refund),
      status:
        refund.status === "processed"
          ? ("succeeded" as const)
          : refund.status === "failed"
            ? ("failed" as const)
            : ("pending" as const),
      amountMinor: minor(refund.amount, refund.currency),
      createdAt: refund.created_at,
    })),
  };
}

function minor(amount: number, currency: string): bigint {
  const value = minorOf(amount, currency);
  if (value === null) throw new Error("Razorpay's list names an amount that cannot be read.");
  return value;
}
