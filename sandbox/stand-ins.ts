import { flutterwaveStandIn } from "./flutterwave/flutterwave-stand-in.ts";
import { paypalStandIn } from "./paypal/paypal-stand-in.ts";
import { razorpayStandIn } from "./razorpay/razorpay-stand-in.ts";
import type { StandIn } from "./stand-in.ts";
import { stripeStandIn } from "./stripe/stripe-stand-in.ts";

/** Every gateway that has a stand-in here, in the order of their ports. */
export const standIns: readonly StandIn[] = [
  stripeStandIn,
  paypalStandIn,
  razorpayStandIn,
  flutterwaveStandIn,
];
