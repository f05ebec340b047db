/** Held money is taken or released; and what Stripe does later. */
import type { Context } from "../stand-in.ts";
import { settleCharge } from "./charges.ts";
import { find, laterBy, save, secondsOf, type Charge, type PaymentIntent } from "./documents.ts";
import { tell } from "./events.ts";

/** What is asked for is under way, and is done after that time. */
export async function waitFor(
  context: Context,
  intent: PaymentIntent,
  late: PaymentIntent["sandbox"]["late"],
  lateMs: number,
): Promise<PaymentIntent> {
  const waiting: PaymentIntent = {
    ...intent,
    status: "processing",
    next_action: null,
    processing: { type: "card" },
    sandbox: { ...intent.sandbox, late, dueAt: laterBy(context, lateMs) },
  };
  await save(context, "payment_intent", waiting);
  await tell(context, "payment_intent.processing", waiting);
  return waiting;
}

/** Takes held money, all or a part; the rest is released. With `lateMs` it is done later. */
export async function captureIntent(
  context: Context,
  intent: PaymentIntent,
  amount: number,
): Promise<PaymentIntent> {
  if (context.lateMs !== null) {
    return waitFor(context, intent, { kind: "capture", amount }, context.lateMs);
  }
  const charge = await chargeOf(context, intent);
  const captured = await settleCharge(context, intent, {
    ...charge,
    captured: true,
    amount_captured: amount,
  });
  const paid: PaymentIntent = {
    ...intent,
    status: "succeeded",
    amount_capturable: 0,
    amount_received: amount,
    processing: null,
    sandbox: { ...intent.sandbox, late: null, dueAt: null },
  };
  await save(context, "payment_intent", paid);
  await tell(context, "charge.captured", captured, { captured: false, amount_captured: 0 });
  await tell(context, "payment_intent.succeeded", paid);
  return paid;
}

/** Closes an intent for good. Held money is released. */
export async function cancelIntent(
  context: Context,
  intent: PaymentIntent,
  reason: string | null,
): Promise<PaymentIntent> {
  const isHeld = intent.status === "requires_capture";
  const canceled: PaymentIntent = {
    ...intent,
    status: "canceled",
    amount_capturable: 0,
    canceled_at: secondsOf(context.now),
    cancellation_reason: reason,
    next_action: null,
    sandbox: { ...intent.sandbox, attempt: null, late: null, dueAt: null },
  };
  await save(context, "payment_intent", canceled);
  if (isHeld) await releaseCharge(context, intent, reason === "automatic");
  await tell(context, "payment_intent.canceled", canceled);
  return canceled;
}

async function releaseCharge(
  context: Context,
  intent: PaymentIntent,
  isExpired: boolean,
): Promise<void> {
  const charge = await chargeOf(context, intent);
  const released = { ...charge, refunded: true, amount_refunded: charge.amount };
  await save(context, "charge", released);
  await tell(context, isExpired ? "charge.expired" : "charge.refunded", released, {
    refunded: false,
    amount_refunded: 0,
  });
}

/** The intent's newest charge. */
export function chargeOf(context: Context, { latest_charge }: PaymentIntent): Promise<Charge> {
  return find(context, "charge", latest_charge ?? "");
}
