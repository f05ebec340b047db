/** Customers, their cards, and setup intents, by which a card is kept without a payment. */
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import { apiRoute, failed, invalid, type ErrorBody } from "./answers.ts";
import {
  find,
  save,
  secondsOf,
  shown,
  type Customer,
  type PaymentMethod,
  type SetupIntent,
} from "./documents.ts";
import { tell } from "./events.ts";
import { expanded, listOf } from "./lists.ts";
import { Params } from "./params.ts";
import { attach, methodFromCard, methodOf, resolveMethod } from "./payment-methods.ts";

async function createCustomer(context: Context, call: Call) {
  const params = new Params(call, [
    ...["email", "name", "description", "metadata", "phone", "address", "shipping"],
    ...["payment_method", "invoice_settings", "preferred_locales", "tax_exempt", "balance"],
  ]);
  const customer: Customer = {
    id: context.book.newId("cus_", 7),
    object: "customer",
    address: null,
    balance: 0,
    created: secondsOf(context.now),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.text("description"),
    email: params.text("email", 512),
    invoice_prefix: context.book.newId("", 4).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: params.metadata(),
    name: params.text("name", 256),
    phone: params.text("phone", 20),
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
  await save(context, "customer", customer);
  const method = await methodOf(context, params);
  if (method) await attach(context, method, customer.id);
  return expanded(context, customer, params.expand());
}

async function retrieveCustomer(context: Context, call: Call) {
  const params = new Params(call, []);
  const customer = await find(context, "customer", call.params["id"] ?? "", "customer");
  return expanded(context, customer, params.expand());
}

async function listMethods(context: Context, call: Call) {
  const id = call.params["id"] ?? "";
  await find(context, "customer", id, "customer");
  return listOf(context, call, "payment_method", ["type"], (params) => {
    const type = params.text("type");
    return {
      parent: id,
      keep: (method) => method.customer === id && (type === null || method.type === type),
    };
  });
}

/** Makes a payment method of a card that was typed in the frame, or of a test token. */
export async function createMethod(context: Context, call: Call) {
  const params = new Params(call, [
    "type",
    "card",
    "billing_details",
    "metadata",
    "allow_redisplay",
  ]);
  const method = await methodFromCard(context, {
    type: params.required("type"),
    card: params.map("card"),
    billing_details: params.map("billing_details"),
  });
  return shown(method);
}

async function retrieveMethod(context: Context, call: Call) {
  const params = new Params(call, []);
  const method = await resolveMethod(context, call.params["id"] ?? "", "payment_method");
  return expanded(context, method, params.expand());
}

async function attachMethod(context: Context, call: Call) {
  const params = new Params(call, ["customer"]);
  const method = await resolveMethod(context, call.params["id"] ?? "");
  const kept = await attach(context, method, params.required("customer"));
  await tell(context, "payment_method.attached", kept);
  return expanded(context, kept, params.expand());
}

async function detachMethod(context: Context, call: Call) {
  const params = new Params(call, []);
  const method = await find(context, "payment_method", call.params["id"] ?? "");
  if (method.customer === null) {
    throw invalid(
      "The payment method you provided is not attached to a customer so detachment is impossible.",
    );
  }
  const free: PaymentMethod = { ...method, customer: null };
  await save(context, "payment_method", free);
  await tell(context, "payment_method.detached", free, { customer: method.customer });
  return expanded(context, free, params.expand());
}

const setupNames = [
  ...["customer", "description", "metadata", "payment_method", "payment_method_data", "usage"],
  ...["automatic_payment_methods", "confirm", "return_url", "use_stripe_sdk", "mandate_data"],
  ...["payment_method_options", "allowed_payment_method_types", "excluded_payment_method_types"],
];

async function createSetup(context: Context, call: Call) {
  const params = new Params(call, setupNames);
  const id = context.book.newId("seti_");
  const customer = params.text("customer");
  if (customer !== null) await find(context, "customer", customer, "customer");
  const method = await methodOf(context, params);
  const setup: SetupIntent = {
    id,
    object: "setup_intent",
    application: null,
    automatic_payment_methods: { enabled: true, allow_redirects: "always" },
    cancellation_reason: null,
    client_secret: context.book.newId(`${id}_secret_`),
    created: secondsOf(context.now),
    customer,
    description: params.text("description"),
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: params.metadata(),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_options: {},
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: method ? "requires_confirmation" : "requires_payment_method",
    usage: params.choice("usage", ["off_session", "on_session"]) ?? "off_session",
    sandbox: { attempt: null, returnUrl: null },
  };
  await save(context, "setup_intent", setup);
  await tell(context, "setup_intent.created", setup);
  if (!params.flag("confirm")) return expanded(context, setup, params.expand());
  return confirm(context, setup, method, params.text("return_url"), params.flag("use_stripe_sdk"));
}

export async function confirmSetup(context: Context, call: Call) {
  const params = new Params(call, setupNames);
  const setup = await find(context, "setup_intent", call.params["id"] ?? "", "intent");
  const given = await methodOf(context, params);
  const kept = setup.payment_method;
  const method = given ?? (kept === null ? null : await resolveMethod(context, kept));
  return confirm(context, setup, method, params.text("return_url"), params.flag("use_stripe_sdk"));
}

async function confirm(
  context: Context,
  setup: SetupIntent,
  method: PaymentMethod | null,
  returnUrl: string | null,
  byScript: boolean,
): Promise<Record<string, unknown> | Reply> {
  if (!method || setup.status === "succeeded" || setup.status === "canceled") {
    throw invalid(
      `You cannot confirm this SetupIntent because it ${method ? `has a status of ${setup.status}` : "is missing a payment method"}.`,
      { code: "setup_intent_unexpected_state", setup_intent: shown(setup) },
    );
  }
  const attempted = { ...setup, payment_method: method.id, last_setup_error: null };
  const { decline, authentication } = method.sandbox;
  if (authentication === "required")
    return shown(await ask(context, attempted, returnUrl, byScript));
  if (decline) {
    const error: ErrorBody = { type: "card_error", ...decline };
    const refused = await refuseSetup(context, attempted, error);
    return failed(402, { ...error, setup_intent: shown(refused) });
  }
  return shown(await succeed(context, attempted, method));
}

async function ask(
  context: Context,
  setup: SetupIntent,
  returnUrl: string | null,
  byScript: boolean,
): Promise<SetupIntent> {
  const attempt = context.book.newId("setatt_");
  const url = `${context.baseUrl}/3ds/${setup.id}?attempt=${attempt}`;
  const asked: SetupIntent = {
    ...setup,
    status: "requires_action",
    next_action:
      byScript || returnUrl === null
        ? {
            type: "use_stripe_sdk",
            use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url, source: attempt },
          }
        : { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl, url } },
    sandbox: { attempt, returnUrl },
  };
  await save(context, "setup_intent", asked);
  await tell(context, "setup_intent.requires_action", asked);
  return asked;
}

/** The shopper has answered the bank's question about a card that is to be kept. */
export async function authenticateSetup(
  context: Context,
  setup: SetupIntent,
  isDone: boolean,
): Promise<SetupIntent> {
  const method = await find(context, "payment_method", setup.payment_method ?? "");
  if (isDone && !method.sandbox.decline) return succeed(context, setup, method);
  return refuseSetup(context, setup, {
    type: isDone ? "card_error" : "invalid_request_error",
    code: "setup_intent_authentication_failure",
    message: "We are unable to authenticate your payment method.",
  });
}

async function succeed(
  context: Context,
  setup: SetupIntent,
  method: PaymentMethod,
): Promise<SetupIntent> {
  if (setup.customer !== null) await attach(context, method, setup.customer);
  const done: SetupIntent = {
    ...setup,
    status: "succeeded",
    next_action: null,
    sandbox: { ...setup.sandbox, attempt: null },
  };
  await save(context, "setup_intent", done);
  await tell(context, "setup_intent.succeeded", done);
  return done;
}

async function refuseSetup(
  context: Context,
  setup: SetupIntent,
  error: ErrorBody,
): Promise<SetupIntent> {
  const refused: SetupIntent = {
    ...setup,
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    last_setup_error: error,
    sandbox: { ...setup.sandbox, attempt: null },
  };
  await save(context, "setup_intent", refused);
  await tell(context, "setup_intent.setup_failed", refused);
  return refused;
}

async function retrieveSetup(context: Context, call: Call) {
  const params = new Params(call, []);
  const setup = await find(context, "setup_intent", call.params["id"] ?? "", "intent");
  return expanded(context, setup, params.expand());
}

export const savedCardRoutes: Readonly<Record<string, Route>> = {
  "POST /v1/customers": apiRoute(createCustomer),
  "GET /v1/customers/:id": apiRoute(retrieveCustomer),
  "GET /v1/customers/:id/payment_methods": apiRoute(listMethods),
  "POST /v1/payment_methods": apiRoute(createMethod),
  "GET /v1/payment_methods/:id": apiRoute(retrieveMethod),
  "POST /v1/payment_methods/:id/attach": apiRoute(attachMethod),
  "POST /v1/payment_methods/:id/detach": apiRoute(detachMethod),
  "POST /v1/setup_intents": apiRoute(createSetup),
  "GET /v1/setup_intents/:id": apiRoute(retrieveSetup),
  "POST /v1/setup_intents/:id/confirm": apiRoute(confirmSetup),
};
