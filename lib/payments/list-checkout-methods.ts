import type { CaptureMethod, GatewayName } from "../domain/payment.ts";
import { endpointsOf } from "../gateways/endpoints.ts";
import { chooseConfigurations, type Payable } from "./choose-configuration.ts";

/** A way to pay an order: what the shopper's browser needs to know of an account. Nothing secret. */
export type CheckoutChoice = {
  gateway: GatewayName;
  publicKey: string;
  script: string | null;
  captureMethod: CaptureMethod;
};

/** The ways to pay that take an order, the shop's first choice first, each gateway once. */
export async function listCheckoutMethods(order: Payable): Promise<CheckoutChoice[]> {
  const found = new Map<string, CheckoutChoice>();
  for (const configuration of await chooseConfigurations(order, undefined)) {
    const { mode, publicKey, captureMethod } = configuration;
    const gateway = configuration.gateway as GatewayName;
    if (found.has(gateway)) continue;
    const script = gateway === "dummy" ? null : endpointsOf(gateway, mode).script;
    found.set(gateway, { gateway, publicKey, script, captureMethod });
  }
  return [...found.values()];
}
