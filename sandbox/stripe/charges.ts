/** Charges of payment intents, and the balance that they make. */
import { randomUUID } from "node:crypto";
import type { Context } from "../stand-in.ts";
import {
  after,
  laterBy,
  save,
  secondsOf,
  type Charge,
  type PaymentIntent,
  type PaymentMethod,
} from "./documents.ts";
import { tell } from "./events.ts";
import type { Decline } from "./test-cards.ts";

const dayMs = 24 * 60 * 60 * 1_000;
/** docs.stripe.com/payments/place-a-hold-on-a-payment-method: seven days online. */
export const holdMs = 7 * dayMs;
/** How long the balance of an `automatic_async` capture is behind, and a dispute behind its payment. */
const settleMs = 2_000;
const nothingKnown = { city: null, country: null, line1: null, line2: null, postal_code: null };

export const nobody = {
  address: { ...nothingKnown, state: null },
  email: null,
  name: null,
  phone: null,
};

/** One attempt to pay an intent: failed, held, or captured at once. */
export async function makeCharge(
  context: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline | null,
): Promise<Charge> {
  const isCaptured = decline === null && intent.capture_method !== "manual";
  const charge: Charge = {
    id: context.book.newId("ch_"),
    object: "charge",
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: nobody,
    calculated_statement_descriptor: "TOLLBOOTH SANDBOX",
    captured: isCaptured,
    created: secondsOf(context.now),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: decline === null,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(context, intent, method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline === null ? "succeeded" : "failed",
    transfer_data: null,
    transfer_group: null,
    sandbox: { refund: method.sandbox.refund, dispute: method.sandbox.dispute, dueAt: null },
  };
  if (isCaptured) return settleCharge(context, intent, charge);
  await save(context, "charge", charge, intent.id);
  return charge;
}

/** Puts a captured charge into the balance: at once, or for `automatic_async` a little later. */
export async function settleCharge(
  context: Context,
  intent: PaymentIntent,
  charge: Charge,
): Promise<Charge> {
  const isLater = intent.capture_method === "automatic_async";
  const settled = isLater ? charge : await withBalance(context, charge);
  const dueAt = isLater || charge.sandbox.dispute ? laterBy(context, settleMs) : null;
  const kept = { ...settled, sandbox: { ...settled.sandbox, dueAt } };
  await save(context, "charge", kept, intent.id);
  return kept;
}

/** The balance transaction of a charge that has none yet. Returns the charge with it, not yet saved. */
export async function withBalance(context: Context, charge: Charge): Promise<Charge> {
  const fee = Math.round(charge.amount_captured * 0.029);
  const balance_transaction = await addToBalance(context, {
    amount: charge.amount_captured,
    fee,
    currency: charge.currency,
    source: charge.id,
    type: "charge",
  });
  return { ...charge, balance_transaction: String(balance_transaction["id"]) };
}

/** An entry of the balance; a fee is taken off. */
export async function addToBalance(
  context: Context,
  entry: {
    amount: number;
    fee: number;
    currency: string;
    source: string;
    type: "charge" | "refund" | "refund_failure" | "adjustment";
    category?: string;
  },
): Promise<Record<string, unknown>> {
  const { amount, fee, currency, source, type, category = type } = entry;
  const id = context.book.newId("txn_");
  const transaction = {
    id,
    object: "balance_transaction",
    amount,
    available_on: secondsOf(after(context, 2 * dayMs)),
    balance_type: "payments",
    created: secondsOf(context.now),
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: "Stripe fees",
              type: "stripe_fee",
            },
          ],
    net: amount - fee,
    reporting_category: category,
    source,
    status: "pending",
    type,
  };
  await save(context, "balance_transaction", transaction, source);
  return transaction;
}

/** A charge's balance has come. Returns the charge as it now is. */
export async function balanceArrives(context: Context, charge: Charge): Promise<Charge> {
  if (charge.balance_transaction !== null) return charge;
  const settled = await withBalance(context, charge);
  await save(context, "charge", settled);
  await tell(context, "charge.updated", settled, { balance_transaction: null });
  return settled;
}

function outcomeOf(decline: Decline | null): Record<string, unknown> {
  if (decline === null) {
    return {
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      risk_score: 7,
      seller_message: "Payment complete.",
      type: "authorized",
    };
  }
  return {
    network_status: "declined_by_network",
    reason: decline.decline_code,
    risk_level: "normal",
    risk_score: 7,
    seller_message: "The bank did not return any further details with this decline.",
    type: "issuer_declined",
  };
}

function detailsOf(
  context: Context,
  intent: PaymentIntent,
  { card, sandbox }: PaymentMethod,
): Record<string, unknown> {
  const hold =
    intent.capture_method === "manual"
      ? { capture_before: secondsOf(after(context, holdMs)), amount_authorized: intent.amount }
      : {};
  const authenticated = {
    authentication_flow: "challenge",
    result: "authenticated",
    result_reason: null,
    version: "2.2.0",
    transaction_id: randomUUID(),
  };
  return {
    type: "card",
    card: {
      ...hold,
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: sandbox.decline?.code === "incorrect_cvc" ? "fail" : "pass",
      },
      country: "US",
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card["fingerprint"],
      funding: card["funding"],
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      three_d_secure: sandbox.authentication === "required" ? authenticated : null,
      wallet: null,
    },
  };
}
