import { findActiveConfigurations, type StoredConfiguration } from "../db/configurations.ts";
import type { Tx } from "../db/client.ts";
import type { GatewayName } from "../domain/payment.ts";
import { amountProblem } from "../gateways/amounts.ts";
import { findGateway } from "../gateways/registry.ts";

/** What an order asks of the account that is to take its money. */
export type Payable = { currency: string; amountMinor: bigint; country: string | null };

/**
 * The active accounts that can take an order, the best first: the shop's priority, then the older one.
 * An account takes it where its gateway may be used here and takes that currency and amount, and where
 * its own lists of currencies and countries name the order's, or nothing.
 */
export async function chooseConfigurations(
  order: Payable,
  gateway: GatewayName | undefined,
  tx?: Tx,
): Promise<StoredConfiguration[]> {
  const active = await findActiveConfigurations(gateway, tx);
  return active.filter((configuration) => takes(configuration, order)).sort(inOrder);
}

/** True where an account can take an order. Pure but for which gateways may be used in this process. */
export function takes(
  configuration: Pick<StoredConfiguration, "gateway" | "currencies" | "countries">,
  { currency, amountMinor, country }: Payable,
): boolean {
  const adapter = findGateway(configuration.gateway as GatewayName);
  if (!adapter || amountProblem(adapter.capabilities, amountMinor, currency) !== null) return false;
  const { currencies, countries } = configuration;
  const isForCurrency = currencies.length === 0 || currencies.includes(currency);
  // An order that says no country is no reason to refuse its money.
  const isForCountry = countries.length === 0 || country === null || countries.includes(country);
  return isForCurrency && isForCountry;
}

function inOrder(
  a: Pick<StoredConfiguration, "id" | "priority">,
  b: Pick<StoredConfiguration, "id" | "priority">,
): number {
  return a.priority - b.priority || a.id - b.id;
}
