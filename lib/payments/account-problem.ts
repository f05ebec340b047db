import type { ConfigurationSettings } from "../db/configurations.ts";
import { isCountry } from "../domain/country.ts";
import { invalidField } from "../domain/errors.ts";
import { isCurrency } from "../domain/money.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { Gateway } from "../gateways/gateway.ts";
import { findGateway } from "../gateways/registry.ts";

/** The adapter of an account that is to be set up. Throws `invalid_request`: it may not be used here. */
export function requireGateway(name: GatewayName): Gateway {
  const gateway = findGateway(name);
  if (gateway) return gateway;
  throw invalidField("gateway", `The ${name} gateway may not be used in this shop.`);
}

/** Throws `invalid_request` naming the field where an account is set up for what its gateway cannot do. */
export function requireFittingSettings(
  { capabilities, name }: Gateway,
  settings: Pick<
    ConfigurationSettings,
    "mode" | "currency" | "currencies" | "countries" | "captureMethod"
  >,
): void {
  const { mode, currency, currencies, countries, captureMethod } = settings;
  if (name === "dummy" && mode === "live") {
    throw invalidField("mode", "The dummy gateway takes no real money: it has test mode alone.");
  }
  if (!isCurrency(currency)) throw invalidField("currency", "This is not a known currency.");
  for (const code of currencies) {
    if (!isCurrency(code)) throw invalidField("currencies", `${code} is not a known currency.`);
    const isTaken = capabilities.currencies === null || code in capabilities.currencies;
    if (!isTaken) throw invalidField("currencies", `This gateway does not take ${code}.`);
  }
  for (const code of countries) {
    if (!isCountry(code)) throw invalidField("countries", `${code} is not a known country.`);
  }
  if (captureMethod === "manual" && !capabilities.manualCapture) {
    throw invalidField("capture_method", "This gateway cannot hold money.");
  }
}

/** Throws `invalid_request` on `field` where the keys do not fit the account's mode or each other. */
export function requireFittingKeys(
  gateway: Gateway,
  keys: Parameters<Gateway["keyProblem"]>[0],
  field: string,
): void {
  const problem = gateway.keyProblem(keys);
  if (problem !== null) throw invalidField(field, problem);
}
