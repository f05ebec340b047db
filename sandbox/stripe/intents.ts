/** What happens to a payment intent, and what the shop is told of it. */
import type { Context, Reply } from "../stand-in.ts";
import { failed, invalid, type ErrorBody } from "./answers.ts";
import { holdMs, makeCharge } from "./charges.ts";
import {
  find,
  laterBy,
  save,
  shown,
  type IntentStatus,
  type PaymentIntent,
  type PaymentMethod,
} from "./documents.ts";
import { tell } from "./events.ts";
import { cancelIntent, captureIntent, waitFor } from "./holds.ts";
import { attach } from "./payment-methods.ts";
import type { Decline } from "./test-cards.ts";

/** An intent as it now is, or why the card was not charged. */
export type Confirmed = { intent: PaymentIntent; error: ErrorBody | null };

export type Confirmation = {
  method: PaymentMethod | null;
  returnUrl: string | null;
  offSession: boolean;
  errorOnAction: boolean;
  /** True where Stripe.js goes on with it in the page; else the shopper is sent to an address. */
  byScript: boolean;
};

/** 400: the intent's status does not allow it. */
export function unexpected(intent: PaymentIntent, doing: string, allowed: string): Error {
  return invalid(
    `This PaymentIntent could not be ${doing} because it has a status of ${intent.status}. ` +
      `Only a PaymentIntent with one of the following statuses may be ${doing}: ${allowed}.`,
    { code: "payment_intent_unexpected_state", payment_intent: shown(intent) },
  );
}

/** Refuses what cannot be confirmed, before anything is done. Returns the method that is charged. */
export function checkConfirmation(intent: PaymentIntent, asked: Confirmation): PaymentMethod {
  const open: IntentStatus[] = [
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
  ];
  if (!open.includes(intent.status)) throw unexpected(intent, "confirmed", open.join(", "));
  const { method } = asked;
  if (!method) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.",
      { code: "payment_intent_unexpected_state", payment_intent: shown(intent) },
    );
  }
  const redirects = intent.automatic_payment_methods?.allow_redirects !== "never";
  if (redirects && asked.returnUrl === null && !asked.offSession && !asked.byScript) {
    throw invalid(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`.",
      { param: "return_url" },
    );
  }
  return method;
}

/** Tries to pay an intent with a card. A charge is made, or the bank asks the shopper first. */
export async function confirmIntent(
  context: Context,
  intent: PaymentIntent,
  asked: Confirmation,
): Promise<Confirmed> {
  const method = checkConfirmation(intent, asked);
  const attempted: PaymentIntent = {
    ...intent,
    payment_method: method.id,
    last_payment_error: null,
  };
  if (method.sandbox.authentication === "none" || method.customer !== null) {
    return authorize(context, attempted, method);
  }
  if (asked.offSession || asked.errorOnAction) {
    return decline(context, attempted, method, {
      code: "authentication_required",
      decline_code: "authentication_required",
      message: "Your card was declined. This transaction requires authentication.",
    });
  }
  return { intent: await askShopper(context, attempted, asked), error: null };
}

/** The answer to a confirmation: the intent, or 402 with it inside. */
export function confirmedReply({ intent, error }: Confirmed): Record<string, unknown> | Reply {
  if (error === null) return shown(intent);
  return failed(402, { ...error, payment_intent: shown(intent) });
}

async function askShopper(
  context: Context,
  intent: PaymentIntent,
  { returnUrl, byScript }: Confirmation,
): Promise<PaymentIntent> {
  const attempt = context.book.newId("payatt_3ds2_");
  const url = `${context.baseUrl}/3ds/${intent.id}?attempt=${attempt}`;
  const asked: PaymentIntent = {
    ...intent,
    status: "requires_action",
    next_action:
      byScript || returnUrl === null
        ? {
            type: "use_stripe_sdk",
            use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url, source: attempt },
          }
        : { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl, url } },
    sandbox: { ...intent.sandbox, attempt, returnUrl },
  };
  await save(context, "payment_intent", asked);
  await tell(context, "payment_intent.requires_action", asked);
  return asked;
}

/** The shopper has answered the bank's question. */
export async function authenticate(
  context: Context,
  intent: PaymentIntent,
  isDone: boolean,
): Promise<Confirmed> {
  if (intent.status !== "requires_action" || intent.payment_method === null) {
    throw unexpected(intent, "authenticated", "requires_action");
  }
  const method = await find(context, "payment_method", intent.payment_method);
  const asked = {
    ...intent,
    next_action: null,
    sandbox: { ...intent.sandbox, attempt: null },
  };
  if (isDone) return authorize(context, asked, method);
  const error: ErrorBody = {
    type: "invalid_request_error",
    code: "payment_intent_authentication_failure",
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  };
  return refuse(context, asked, method, error);
}

/** Asks the issuer; with `lateMs` it answers later. */
async function authorize(
  context: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
): Promise<Confirmed> {
  if (context.lateMs !== null) {
    const late = { kind: "confirm" } as const;
    return { intent: await waitFor(context, intent, late, context.lateMs), error: null };
  }
  if (method.sandbox.decline) return decline(context, intent, method, method.sandbox.decline);
  if (intent.setup_future_usage !== null && intent.customer !== null && method.customer === null) {
    await attach(context, method, intent.customer);
  }
  const charge = await makeCharge(context, intent, method, null);
  const isHeld = intent.capture_method === "manual";
  const paid: PaymentIntent = {
    ...intent,
    status: isHeld ? "requires_capture" : "succeeded",
    amount_capturable: isHeld ? intent.amount : 0,
    amount_received: isHeld ? 0 : intent.amount,
    latest_charge: charge.id,
    next_action: null,
    processing: null,
    // A hold that nobody captures ends by itself.
    sandbox: { ...intent.sandbox, late: null, dueAt: isHeld ? laterBy(context, holdMs) : null },
  };
  await save(context, "payment_intent", paid);
  await tell(context, "charge.succeeded", charge);
  const type = isHeld ? "payment_intent.amount_capturable_updated" : "payment_intent.succeeded";
  await tell(context, type, paid);
  return { intent: paid, error: null };
}

async function decline(
  context: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  why: Decline,
): Promise<Confirmed> {
  const charge = await makeCharge(context, intent, method, why);
  await tell(context, "charge.failed", charge);
  const error: ErrorBody = { type: "card_error", ...why, charge: charge.id };
  return refuse(context, { ...intent, latest_charge: charge.id }, method, error);
}

async function refuse(
  context: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  why: ErrorBody,
): Promise<Confirmed> {
  const error = { ...why, payment_method: shown(method) };
  const refused: PaymentIntent = {
    ...intent,
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    processing: null,
    last_payment_error: error,
    sandbox: { ...intent.sandbox, late: null, dueAt: null },
  };
  await save(context, "payment_intent", refused);
  await tell(context, "payment_intent.payment_failed", refused);
  return { intent: refused, error };
}

/** An intent has come to its time: what was under way is done, or a hold has ended. */
export async function intentDue(context: Context, id: string): Promise<void> {
  const intent = await find(context, "payment_intent", id);
  if (intent.status === "requires_capture") {
    await cancelIntent(context, intent, "automatic");
    return;
  }
  const { late } = intent.sandbox;
  if (intent.status !== "processing" || late === null) return;
  if (late.kind === "capture") await captureIntent(context, intent, late.amount);
  else if (intent.payment_method !== null) {
    const method = await find(context, "payment_method", intent.payment_method);
    await authorize(context, intent, method);
  }
}
