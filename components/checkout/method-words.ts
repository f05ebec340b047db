import type { CheckoutMethod } from "./method.ts";

/** What a way to pay is called, and what the shopper does there. */
export const methodWords: Readonly<
  Record<CheckoutMethod["gateway"], { name: string; hint: string }>
> = {
  dummy: { name: "Test card", hint: "Try the shop out: no money moves" },
  stripe: { name: "Card", hint: "Here on this page, by Stripe" },
  paypal: { name: "PayPal", hint: "In a window of PayPal's" },
  razorpay: { name: "Razorpay", hint: "Card, UPI or netbanking, in its window" },
  flutterwave: { name: "Flutterwave", hint: "Card or mobile money, on its page" },
};
