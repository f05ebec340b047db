/** What happens to payments and refunds at Template's stand-in, and what the shop is told of it. */
import type { Context } from "../../../sandbox/stand-in.ts";
import { findPayment, paymentView, type Payment, type Refund } from "./documents.ts";

async function tell(
  context: Context,
  type: string,
  id: string,
  data: Record<string, unknown>,
): Promise<void> {
  const eventId = `evt_${type}_${id}_${String(data["status"])}`;
  const payload = { id: eventId, type, created_at: context.now.toISOString(), data };
  await context.emit({ id: eventId, type, payload });
}

/** Ends an open payment, one way or the other, and tells the shop. */
export async function endPayment(
  context: Context,
  payment: Payment,
  ended: Pick<Payment, "status"> & Partial<Payment>,
): Promise<Payment> {
  const done = { ...payment, ...ended };
  await context.book.save("payment", done.id, done);
  await tell(context, `payment.${done.status}`, done.id, await paymentView(context, done));
  return done;
}

/** Books a refund. With `lateMs` of the context it stays pending for that long. */
export async function makeRefund(
  context: Context,
  payment: Payment,
  { amount, reference }: { amount: number; reference: string },
): Promise<Refund> {
  const { now, lateMs, book } = context;
  const refund: Refund = {
    id: book.newId("re_"),
    payment: payment.id,
    reference,
    amount,
    currency: payment.currency,
    status: lateMs === null ? "succeeded" : "pending",
    created_at: now.toISOString(),
  };
  await book.save("payment", payment.id, { ...payment, refunded: payment.refunded + amount });
  await book.save("refund", refund.id, refund, {
    parent: payment.id,
    ...(lateMs === null ? {} : { dueAt: new Date(now.getTime() + lateMs) }),
  });
  if (lateMs === null) await tell(context, "refund.succeeded", refund.id, refund);
  return refund;
}

/** Ends a refund; one that fails, even after it had succeeded, is the merchant's money again. */
export async function endRefund(
  context: Context,
  refund: Refund,
  status: "succeeded" | "failed",
): Promise<Refund> {
  const ended = { ...refund, status };
  await context.book.save("refund", refund.id, ended);
  const payment = await findPayment(context, refund.payment);
  if (payment && status === "failed" && refund.status !== "failed") {
    const refunded = payment.refunded - refund.amount;
    await context.book.save("payment", payment.id, { ...payment, refunded });
  }
  await tell(context, `refund.${status}`, refund.id, ended);
  return ended;
}

export async function tellDispute(
  context: Context,
  dispute: Record<string, unknown> & { id: string; payment: string; status: string },
): Promise<void> {
  await context.book.save("dispute", dispute.id, dispute, { parent: dispute.payment });
  await tell(context, `dispute.${dispute.status}`, dispute.id, dispute);
}

/** What has come to its time: a page that nobody paid on, a refund that was late. */
export async function due(context: Context, kind: string, id: string): Promise<void> {
  const found = await context.book.get(kind, id);
  if (kind === "payment") {
    const payment = found?.data as Payment;
    if (payment.status === "open") await endPayment(context, payment, { status: "expired" });
  }
  if (kind === "refund") {
    const refund = found?.data as Refund;
    if (refund.status === "pending") await endRefund(context, refund, "succeeded");
  }
}
