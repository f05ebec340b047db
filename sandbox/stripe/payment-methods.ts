/** Stripe's payment methods: test ids, cards typed in the sandbox's own frame, and cards that are kept. */
import { createHash } from "node:crypto";
import type { Context } from "../stand-in.ts";
import { StripeRefusal, invalid, missing } from "./answers.ts";
import { nobody } from "./charges.ts";
import { find, save, secondsOf, type PaymentMethod } from "./documents.ts";
import { textIn, type Params } from "./params.ts";
import type { Form } from "./form.ts";
import { cardById, cardByNumber, type TestCard } from "./test-cards.ts";

type Expiry = { month: number; year: number };

/** A payment method by its id; a test id such as `pm_card_visa` gives a new one each time, as at Stripe. */
export async function resolveMethod(
  context: Context,
  id: string,
  param = "payment_method",
): Promise<PaymentMethod> {
  if (!id.startsWith("pm_card_")) return find(context, "payment_method", id, param);
  const card = cardById(id);
  if (!card) throw missing("PaymentMethod", id, param);
  return addMethod(context, card, { month: 12, year: context.now.getUTCFullYear() + 3 });
}

/** `payment_method`, or a card in `payment_method_data`; null: neither is given. */
export async function methodOf(context: Context, params: Params): Promise<PaymentMethod | null> {
  const id = params.text("payment_method");
  if (id !== null) return resolveMethod(context, id);
  if (!params.has("payment_method_data")) return null;
  const data = params.map("payment_method_data");
  return methodFromCard(context, data);
}

/** A payment method from a typed card. The number ends here: brand and last digits are kept. */
export async function methodFromCard(context: Context, data: Form): Promise<PaymentMethod> {
  if (textIn(data, "type") !== "card") {
    throw invalid("The sandbox takes cards only.", { param: "type" });
  }
  const card = data["card"];
  if (typeof card !== "object" || Array.isArray(card)) {
    throw invalid("Missing required param: card.", { code: "parameter_missing", param: "card" });
  }
  const token = textIn(card, "token");
  if (token?.startsWith("tok_")) return resolveMethod(context, `pm_card_${token.slice(4)}`, "card");
  const found = cardByNumber((textIn(card, "number") ?? "").replaceAll(/[ -]/g, ""));
  if (found === "incorrect_number") {
    throw cardRefusal("incorrect_number", "Your card number is incorrect.", "number");
  }
  if (found === "not_a_test_card") throw liveCard();
  return addMethod(context, found, expiryOf(card, context.now), data);
}

function expiryOf(card: Form, now: Date): Expiry {
  const month = Number(textIn(card, "exp_month") ?? Number.NaN);
  const short = Number(textIn(card, "exp_year") ?? Number.NaN);
  const year = short < 100 ? 2000 + short : short;
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    throw cardRefusal(
      "invalid_expiry_month",
      "Your card's expiration month is invalid.",
      "exp_month",
    );
  }
  const isOver = year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  if (!Number.isInteger(year) || isOver || year > now.getUTCFullYear() + 50) {
    throw cardRefusal("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year");
  }
  const cvc = textIn(card, "cvc");
  if (cvc !== null && !/^\d{3,4}$/.test(cvc)) {
    throw cardRefusal("invalid_cvc", "Your card's security code is invalid.", "cvc");
  }
  return { month, year };
}

function cardRefusal(code: string, message: string, param: string): StripeRefusal {
  return new StripeRefusal(402, { type: "card_error", code, message, param });
}

function liveCard(): StripeRefusal {
  return new StripeRefusal(402, {
    type: "card_error",
    code: "card_declined",
    decline_code: "test_mode_live_card",
    message: "Your card was declined. The sandbox takes Stripe's test cards only.",
  });
}

async function addMethod(
  context: Context,
  { brand, last4, funding, ...behaviour }: TestCard,
  { month, year }: Expiry,
  data: Form = {},
): Promise<PaymentMethod> {
  const details = data["billing_details"];
  const billing = typeof details === "object" && !Array.isArray(details) ? details : {};
  const method: PaymentMethod = {
    id: context.book.newId("pm_"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: {
      ...nobody,
      email: textIn(billing, "email"),
      name: textIn(billing, "name"),
      phone: textIn(billing, "phone"),
    },
    card: {
      brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: behaviour.decline?.code === "incorrect_cvc" ? "fail" : "unchecked",
      },
      country: "US",
      display_brand: brand,
      exp_month: month,
      exp_year: year,
      fingerprint: createHash("sha256").update(`${brand} ${last4}`).digest("hex").slice(0, 16),
      funding,
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: secondsOf(context.now),
    customer: null,
    livemode: false,
    metadata: {},
    type: "card",
    sandbox: behaviour,
  };
  await save(context, "payment_method", method);
  return method;
}

/** Keeps a payment method for a customer. */
export async function attach(
  context: Context,
  method: PaymentMethod,
  customer: string,
): Promise<PaymentMethod> {
  await find(context, "customer", customer, "customer");
  if (method.customer !== null && method.customer !== customer) {
    throw invalid("The payment method you provided has already been attached to a customer.");
  }
  const kept = { ...method, customer };
  await save(context, "payment_method", kept, customer);
  return kept;
}
