import type { StoredConfiguration } from "../db/configurations.ts";
import { isPaymentError, PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { ListedCharge } from "../gateways/gateway.ts";
import { getGateway } from "../gateways/registry.ts";
import { log } from "../observability/log.ts";
import { gatewayAccount } from "../payments/gateway-account.ts";
import { listPages } from "./list-pages.ts";

// Gateways keep times to the second, and look for them to the second.
const aroundMs = 2_000;
// A person waits for it.
const deadlines = { pageMs: 10_000, listMs: 20_000 };

/**
 * One charge as the gateway lists it now, by its reference and the time that it was made at. Null where
 * the list has it no longer. Throws `gateway_unreachable`.
 */
export async function readCharge(
  configuration: StoredConfiguration,
  charge: { reference: string; chargedAt: Date },
): Promise<ListedCharge | null> {
  const gateway = getGateway(configuration.gateway as GatewayName);
  const account = gatewayAccount(configuration);
  const chargedAtMs = charge.chargedAt.getTime();
  const range = { from: new Date(chargedAtMs - aroundMs), until: new Date(chargedAtMs + aroundMs) };
  try {
    for await (const page of listPages(gateway, account, range, deadlines)) {
      const found = page.find(({ reference }) => reference === charge.reference);
      if (found) return found;
    }
    return null;
  } catch (error) {
    if (isPaymentError(error) && error.code !== "gateway_unreachable") throw error;
    log.warn("a charge could not be read from its gateway", { error });
    throw new PaymentError(
      "gateway_unreachable",
      "The gateway could not be asked. Nothing was changed; try again later.",
      { cause: error },
    );
  }
}
