import { maskCardNumbers } from "../../domain/card.ts";
import { invalidField } from "../../domain/errors.ts";
import type { PaymentInput } from "../gateway.ts";

const cardNames = /card|number|cvc|cvv|expiry|exp_/i;

/**
 * The payment method that the caller names, if any; other fields are of no use. Throws `invalid_request`
 * naming the field where it is none of Stripe's, and on whatever looks like a card: such are typed into
 * Stripe's own fields alone.
 */
export function parsePayment(data: Record<string, string> | undefined): PaymentInput {
  for (const [name, value] of Object.entries(data ?? {})) {
    if (cardNames.test(name) || maskCardNumbers(value) !== value) {
      const words = "Card details go into Stripe's own fields, never to this address.";
      throw invalidField(`payment_data.${cardNames.test(name) ? name : "payment_method"}`, words);
    }
  }
  const method = data?.["payment_method"];
  if (method === undefined) return { card: null, fields: {} };
  if (!/^pm_[A-Za-z0-9_]{1,200}$/.test(method)) {
    throw invalidField("payment_data.payment_method", "Enter the id of a payment method, pm_….");
  }
  return { card: null, fields: { payment_method: method } };
}
