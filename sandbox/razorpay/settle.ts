/** What happens to a payment at Razorpay's stand-in, and what the shop is told of it. */
import { randomBytes } from "node:crypto";
import type { Context } from "../stand-in.ts";
import {
  newId,
  orderView,
  paymentView,
  refundView,
  disputeView,
  seconds,
  type Dispute,
  type Notes,
  type Order,
  type Payment,
  type Refund,
} from "./documents.ts";

type Entity = "payment" | "order" | "refund" | "dispute";

/** Tells the shop of something; `entities` are named as the event's payload names them. */
export async function tell(
  { emit, now, credentials }: Context,
  event: string,
  entities: Partial<Record<Entity, Record<string, unknown>>>,
): Promise<void> {
  const id = randomBytes(9).toString("hex");
  await emit({
    id,
    type: event,
    payload: {
      entity: "event",
      account_id: credentials.merchantId,
      event,
      contains: Object.keys(entities),
      payload: Object.fromEntries(
        Object.entries(entities).map(([name, entity]) => [name, { entity }]),
      ),
      created_at: seconds(now),
    },
  });
}

export async function savePayment(
  { book }: Context,
  payment: Payment,
  dueAt?: Date,
): Promise<void> {
  await book.save("payment", payment.id, payment, {
    parent: payment.order_id,
    ...(dueAt ? { dueAt } : {}),
  });
}

export type Attempt = { method: Payment["method"]; card: Payment["card"]; reason: string | null };

/** The shopper has tried to pay an order: the bank holds the money, or says no. */
export async function attempt(
  context: Context,
  order: Order,
  { method, card, reason }: Attempt,
): Promise<Payment> {
  const payment: Payment = {
    id: newId("pay"),
    order_id: order.id,
    amount: order.amount,
    currency: order.currency,
    status: reason === null ? "authorized" : "failed",
    method,
    card,
    amount_refunded: 0,
    reason,
    transaction: order.notes["transaction_id"] ?? order.receipt ?? "",
    created_at: seconds(context.now),
  };
  const tried: Order = {
    ...order,
    attempts: order.attempts + 1,
    status: order.status === "paid" ? "paid" : "attempted",
  };
  await context.book.save("order", order.id, tried);
  await savePayment(context, payment);
  await tell(context, reason === null ? "payment.authorized" : "payment.failed", {
    payment: paymentView(payment),
  });
  return payment.status === "authorized" && order.capture === "automatic"
    ? capture(context, payment)
    : payment;
}

/** A payment that had failed comes through after all. */
export async function authorizeLate(context: Context, payment: Payment): Promise<Payment> {
  const authorized: Payment = { ...payment, status: "authorized", reason: null };
  await savePayment(context, authorized);
  await tell(context, "payment.authorized", { payment: paymentView(authorized) });
  return authorized;
}

/** Takes what is held. With `late_success` it is taken after that time. */
export async function capture(context: Context, payment: Payment): Promise<Payment> {
  if (context.lateMs !== null) {
    await savePayment(context, payment, new Date(context.now.getTime() + context.lateMs));
    return payment;
  }
  const captured: Payment = { ...payment, status: "captured" };
  await savePayment(context, captured);
  const order = (await context.book.get<Order>("order", payment.order_id))?.data;
  await tell(context, "payment.captured", { payment: paymentView(captured) });
  if (order) {
    const paid: Order = { ...order, status: "paid" };
    await context.book.save("order", order.id, paid);
    await tell(context, "order.paid", { payment: paymentView(captured), order: orderView(paid) });
  }
  return captured;
}

export const refundableOf = ({ status, amount, amount_refunded: refunded }: Payment): number =>
  status === "captured" ? amount - refunded : 0;

/** Gives money back. With `late_success` it stays pending for that time. */
export async function makeRefund(
  context: Context,
  payment: Payment,
  { amount, receipt, notes }: { amount: number; receipt: string | null; notes: Notes },
): Promise<Refund> {
  const refund: Refund = {
    id: newId("rfnd"),
    payment_id: payment.id,
    amount,
    currency: payment.currency,
    status: context.lateMs === null ? "processed" : "pending",
    receipt,
    notes,
    created_at: seconds(context.now),
  };
  await addRefunded(context, payment, amount);
  const dueAt =
    context.lateMs === null ? undefined : new Date(context.now.getTime() + context.lateMs);
  await context.book.save("refund", refund.id, refund, {
    parent: payment.id,
    ...(dueAt ? { dueAt } : {}),
  });
  await tellRefund(context, "refund.created", refund);
  if (refund.status === "processed") await tellRefund(context, "refund.processed", refund);
  return refund;
}

/** Ends a refund; a failed one is the merchant's money again. */
export async function endRefund(
  context: Context,
  refund: Refund,
  status: "processed" | "failed",
): Promise<Refund> {
  const ended: Refund = { ...refund, status };
  await context.book.save("refund", refund.id, ended, { parent: refund.payment_id });
  const payment = (await context.book.get<Payment>("payment", refund.payment_id))?.data;
  if (status === "failed" && payment) await addRefunded(context, payment, -refund.amount);
  await tellRefund(context, `refund.${status}`, ended);
  return ended;
}

async function addRefunded(context: Context, payment: Payment, add: number): Promise<void> {
  const refunded = payment.amount_refunded + add;
  const isFull = refunded >= payment.amount;
  await savePayment(context, {
    ...payment,
    amount_refunded: refunded,
    status: isFull ? "refunded" : "captured",
  });
}

async function tellRefund(context: Context, event: string, refund: Refund): Promise<void> {
  const payment = (await context.book.get<Payment>("payment", refund.payment_id))?.data;
  await tell(context, event, {
    refund: refundView(refund),
    ...(payment ? { payment: paymentView(payment) } : {}),
  });
}

const disputeEvents = {
  open: "payment.dispute.created",
  under_review: "payment.dispute.under_review",
  won: "payment.dispute.won",
  lost: "payment.dispute.lost",
} as const satisfies Record<Dispute["status"], string>;

/** Writes a dispute as it is now, and tells of it. */
export async function saveDispute(context: Context, dispute: Dispute): Promise<void> {
  await context.book.save("dispute", dispute.id, dispute, { parent: dispute.payment_id });
  const payment = (await context.book.get<Payment>("payment", dispute.payment_id))?.data;
  await tell(context, disputeEvents[dispute.status], {
    ...(payment ? { payment: paymentView(payment) } : {}),
    dispute: disputeView(dispute),
  });
}

/** Something has come to its time: a capture or refund that was late. */
export async function due(context: Context, kind: string, id: string): Promise<void> {
  if (kind === "payment") {
    const payment = (await context.book.get<Payment>("payment", id))?.data;
    if (payment?.status === "authorized") await capture(context, payment);
  }
  if (kind === "refund") {
    const refund = (await context.book.get<Refund>("refund", id))?.data;
    if (refund?.status === "pending") await endRefund(context, refund, "processed");
  }
}
