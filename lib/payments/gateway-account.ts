import { PaymentError } from "../domain/errors.ts";
import type { StoredConfiguration } from "../db/configurations.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { openSecret } from "../gateways/secret-box.ts";
import { log } from "../observability/log.ts";

/**
 * The account of one configuration, its secret opened. A secret that does not open (another row's,
 * another master key's, a broken byte) stops this gateway alone, with `gateway_not_configured`.
 */
export function gatewayAccount(configuration: StoredConfiguration): GatewayAccount {
  const { id, merchantId, publicKey, secretCiphertext, wrappedDataKey, masterKeyVersion } =
    configuration;
  const account = { configurationId: id, merchantId, publicKey, webhookSecrets: [] };
  if (!secretCiphertext || !wrappedDataKey || !masterKeyVersion)
    return { ...account, secretKey: "" };
  try {
    const secretKey = openSecret(id, { secretCiphertext, wrappedDataKey, masterKeyVersion });
    return { ...account, secretKey };
  } catch (error) {
    log.error("a gateway secret does not open", { gateway: configuration.gateway, error });
    throw new PaymentError(
      "service_unavailable",
      `The ${configuration.gateway} gateway cannot be used right now. Nothing was charged.`,
      { retryAfterSeconds: 60, cause: error },
    );
  }
}
