import { PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { getEnv } from "../env.ts";
import { dummyGateway } from "./dummy/dummy-gateway.ts";
import { flutterwaveGateway } from "./flutterwave/flutterwave-gateway.ts";
import type { Gateway } from "./gateway.ts";
import { paypalGateway } from "./paypal/paypal-gateway.ts";
import { razorpayGateway } from "./razorpay/razorpay-gateway.ts";
import { stripeGateway } from "./stripe/stripe-gateway.ts";

const adapters: Partial<Record<GatewayName, Gateway>> = {
  dummy: dummyGateway,
  stripe: stripeGateway,
  paypal: paypalGateway,
  razorpay: razorpayGateway,
  flutterwave: flutterwaveGateway,
};

/** The adapter of that name, or null where there is none or it may not be used here. */
export function findGateway(name: GatewayName): Gateway | null {
  // Whatever a database row says: the dummy gateway gives goods away for nothing.
  if (name === "dummy" && !getEnv().isDemo) return null;
  return adapters[name] ?? null;
}

/** As `findGateway`; throws `gateway_not_configured`. */
export function getGateway(name: GatewayName): Gateway {
  const gateway = findGateway(name);
  if (gateway) return gateway;
  throw new PaymentError(
    "gateway_not_configured",
    `The ${name} gateway is not available in this shop.`,
  );
}
