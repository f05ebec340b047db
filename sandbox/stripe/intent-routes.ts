/** `/v1/payment_intents`. */
import type { Call, Context, Route } from "../stand-in.ts";
import { checkAmount, checkCurrency } from "./amounts.ts";
import { apiRoute, invalid } from "./answers.ts";
import {
  find,
  save,
  secondsOf,
  type IntentStatus,
  type PaymentIntent,
  type PaymentMethod,
} from "./documents.ts";
import { tell } from "./events.ts";
import { cancelIntent, captureIntent } from "./holds.ts";
import {
  checkConfirmation,
  confirmIntent,
  confirmedReply,
  unexpected,
  type Confirmation,
} from "./intents.ts";
import { expanded, listOf } from "./lists.ts";
import { Params, textIn } from "./params.ts";
import { methodOf, resolveMethod } from "./payment-methods.ts";

const captureMethods = ["automatic", "automatic_async", "manual"] as const;
const futureUses = ["off_session", "on_session"] as const;
const cancellationReasons = [
  "duplicate",
  "fraudulent",
  "requested_by_customer",
  "abandoned",
] as const;

const shared = [
  ...["customer", "description", "metadata", "payment_method", "payment_method_data"],
  ...["payment_method_options", "receipt_email", "setup_future_usage", "shipping"],
  ...["statement_descriptor", "statement_descriptor_suffix", "transfer_group", "capture_method"],
  ...["allowed_payment_method_types", "excluded_payment_method_types", "payment_details"],
  ...["amount_details", "hooks", "customer_account", "payment_method_configuration"],
];
const confirming = ["return_url", "off_session", "error_on_requires_action", "mandate_data"];
const created = [
  ...["amount", "currency", "automatic_payment_methods", "confirm", "confirmation_method"],
  ...["use_stripe_sdk", "mandate", "radar_options"],
];

async function create(context: Context, call: Call) {
  const params = new Params(call, [...shared, ...created, ...confirming]);
  params.required("amount");
  const currency = checkCurrency(params.required("currency"));
  const amount = checkAmount(params.integer("amount"), currency);
  const isConfirmed = params.flag("confirm");
  const early = confirming.find((name) => params.has(name));
  if (early !== undefined && !isConfirmed) {
    throw invalid(
      `You cannot provide \`${early}\` when creating a PaymentIntent without \`confirm=true\`.`,
      { param: early },
    );
  }
  const customer = params.text("customer");
  if (customer !== null) await find(context, "customer", customer, "customer");
  const method = await methodOf(context, params);
  const intent = newIntent(context, params, { amount, currency, method });
  if (isConfirmed) checkConfirmation(intent, confirmationOf(params, method));
  await save(context, "payment_intent", intent);
  await tell(context, "payment_intent.created", intent);
  if (!isConfirmed) return expanded(context, intent, params.expand());
  return confirm(context, intent, params, method);
}

function newIntent(
  { book, now }: Context,
  params: Params,
  given: { amount: number; currency: string; method: PaymentMethod | null },
): PaymentIntent {
  const id = book.newId("pi_");
  const { amount, currency, method } = given;
  const automatic = params.map("automatic_payment_methods");
  const isAutomatic = textIn(automatic, "enabled") !== "false";
  const redirects = textIn(automatic, "allow_redirects") === "never" ? "never" : "always";
  return {
    id,
    object: "payment_intent",
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: isAutomatic ? { enabled: true, allow_redirects: redirects } : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.choice("capture_method", captureMethods) ?? "automatic_async",
    client_secret: book.newId(`${id}_secret_`),
    confirmation_method: "automatic",
    created: secondsOf(now),
    currency,
    customer: params.text("customer"),
    description: params.text("description"),
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: params.metadata(),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_options: {
      card: { installments: null, network: null, request_three_d_secure: "automatic" },
    },
    payment_method_types: ["card"],
    processing: null,
    receipt_email: params.text("receipt_email"),
    review: null,
    setup_future_usage: params.choice("setup_future_usage", futureUses),
    shipping: null,
    statement_descriptor: params.text("statement_descriptor", 22),
    statement_descriptor_suffix: params.text("statement_descriptor_suffix", 22),
    status: method ? "requires_confirmation" : "requires_payment_method",
    transfer_data: null,
    transfer_group: params.text("transfer_group"),
    sandbox: { refunded: 0, attempt: null, returnUrl: null, late: null, dueAt: null },
  };
}

async function retrieve(context: Context, call: Call) {
  const params = new Params(call, []);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  return expanded(context, intent, params.expand());
}

async function update(context: Context, call: Call) {
  const params = new Params(call, [...shared, "amount", "currency"]);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  const open: IntentStatus[] = [
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
  ];
  const asksForMore = [...shared, "amount", "currency"].some(
    (name) => params.has(name) && !["metadata", "description", "receipt_email"].includes(name),
  );
  if (asksForMore && !open.includes(intent.status)) {
    throw unexpected(intent, "updated", open.join(", "));
  }
  const currency = params.has("currency")
    ? checkCurrency(params.required("currency"))
    : intent.currency;
  const method = await methodOf(context, params);
  const changed: PaymentIntent = {
    ...intent,
    currency,
    amount: params.has("amount") ? checkAmount(params.integer("amount"), currency) : intent.amount,
    metadata: params.metadata(intent.metadata),
    description: params.has("description") ? params.text("description") : intent.description,
    receipt_email: params.has("receipt_email")
      ? params.text("receipt_email")
      : intent.receipt_email,
    customer: params.has("customer") ? params.text("customer") : intent.customer,
    capture_method: params.choice("capture_method", captureMethods) ?? intent.capture_method,
    setup_future_usage:
      params.choice("setup_future_usage", futureUses) ?? intent.setup_future_usage,
    ...(method ? { payment_method: method.id, status: "requires_confirmation" } : {}),
  };
  await save(context, "payment_intent", changed);
  return expanded(context, changed, params.expand());
}

/** A confirmation by Stripe.js: it goes on in the page with what the bank asks. */
export async function confirmFromBrowser(context: Context, call: Call) {
  const params = new Params(call, ["payment_method", "return_url", "use_stripe_sdk"]);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  const method = await methodOf(context, params);
  const asked = { ...confirmationOf(params, method), byScript: true };
  return confirmedReply(await confirmIntent(context, intent, asked));
}

async function confirmRoute(context: Context, call: Call) {
  const params = new Params(call, [
    ...shared,
    ...confirming,
    "use_stripe_sdk",
    "amount_to_confirm",
  ]);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  return confirm(context, intent, params, await methodOf(context, params));
}

/** Confirms with the method that is given, or with the one that the intent has. */
async function confirm(
  context: Context,
  intent: PaymentIntent,
  params: Params,
  given: PaymentMethod | null,
) {
  const kept = intent.payment_method;
  const method = given ?? (kept === null ? null : await resolveMethod(context, kept));
  const asked = confirmationOf(params, method);
  const futureUse = params.choice("setup_future_usage", futureUses) ?? intent.setup_future_usage;
  const wanted: PaymentIntent = { ...intent, setup_future_usage: futureUse };
  const confirmed = await confirmIntent(context, wanted, asked);
  if (confirmed.error !== null) return confirmedReply(confirmed);
  return expanded(context, confirmed.intent, params.expand());
}

function confirmationOf(params: Params, method: PaymentMethod | null): Confirmation {
  return {
    method,
    returnUrl: params.text("return_url"),
    offSession: params.has("off_session") && params.text("off_session") !== "false",
    errorOnAction: params.flag("error_on_requires_action"),
    byScript: params.flag("use_stripe_sdk"),
  };
}

async function capture(context: Context, call: Call) {
  const params = new Params(call, [
    ...["amount_to_capture", "final_capture", "metadata", "statement_descriptor"],
    ...["statement_descriptor_suffix", "amount_details", "payment_details", "hooks"],
  ]);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  if (intent.status !== "requires_capture")
    throw unexpected(intent, "captured", "requires_capture");
  if (params.has("final_capture") && !params.flag("final_capture")) {
    throw invalid("This account is not set up for multicapture.", { param: "final_capture" });
  }
  const amount = params.integer("amount_to_capture") ?? intent.amount_capturable;
  if (amount < 1 || amount > intent.amount_capturable) {
    throw invalid(
      `The remaining amount to be captured (${intent.amount_capturable}) is less than the requested amount to capture (${amount}).`,
      { code: "amount_too_large", param: "amount_to_capture" },
    );
  }
  const named = { ...intent, metadata: params.metadata(intent.metadata) };
  return expanded(context, await captureIntent(context, named, amount), params.expand());
}

async function cancel(context: Context, call: Call) {
  const params = new Params(call, ["cancellation_reason"]);
  const reason = params.choice("cancellation_reason", cancellationReasons);
  const intent = await find(context, "payment_intent", call.params["id"] ?? "", "intent");
  const allowed: IntentStatus[] = [
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
  ];
  if (!allowed.includes(intent.status)) throw unexpected(intent, "canceled", allowed.join(", "));
  return expanded(context, await cancelIntent(context, intent, reason), params.expand());
}

const list = (context: Context, call: Call) =>
  listOf(context, call, "payment_intent", ["customer"], (params) => {
    const customer = params.text("customer");
    return { keep: (intent) => customer === null || intent.customer === customer };
  });

const movesMoney = true;

export const intentRoutes: Readonly<Record<string, Route>> = {
  "POST /v1/payment_intents": apiRoute(create),
  "GET /v1/payment_intents": apiRoute(list),
  "GET /v1/payment_intents/:id": apiRoute(retrieve),
  "POST /v1/payment_intents/:id": apiRoute(update),
  "POST /v1/payment_intents/:id/confirm": apiRoute(confirmRoute, { movesMoney }),
  "POST /v1/payment_intents/:id/capture": apiRoute(capture, { movesMoney }),
  "POST /v1/payment_intents/:id/cancel": apiRoute(cancel, { movesMoney }),
};
