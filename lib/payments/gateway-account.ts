import { PaymentError } from "../domain/errors.ts";
import type { StoredConfiguration } from "../db/configurations.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { openSecret, openWebhookSecrets, type WrappedKey } from "../gateways/secret-box.ts";
import { log } from "../observability/log.ts";

/**
 * The account of one configuration, its secrets opened. A secret that does not open (another row's,
 * another master key's, a broken byte) stops this gateway alone, with `service_unavailable`. Webhook
 * secrets that do not open close its webhook endpoint and stop no payment.
 */
export function gatewayAccount(
  configuration: StoredConfiguration,
  now: Date = new Date(),
): GatewayAccount {
  const { id, merchantId, publicKey, secretCiphertext, wrappedDataKey, masterKeyVersion } =
    configuration;
  const account = { configurationId: id, merchantId, publicKey };
  if (!secretCiphertext || !wrappedDataKey || !masterKeyVersion)
    return { ...account, secretKey: "", webhookSecrets: [] };
  const key = { wrappedDataKey, masterKeyVersion };
  try {
    const secretKey = openSecret(id, { secretCiphertext, ...key });
    return { ...account, secretKey, webhookSecrets: goodWebhookSecrets(configuration, key, now) };
  } catch (error) {
    log.error("a gateway secret does not open", { gateway: configuration.gateway, error });
    throw new PaymentError(
      "service_unavailable",
      `The ${configuration.gateway} gateway cannot be used right now. Nothing was charged.`,
      { retryAfterSeconds: 60, cause: error },
    );
  }
}

function goodWebhookSecrets(
  { id, gateway, webhookCiphertext }: StoredConfiguration,
  key: WrappedKey,
  now: Date,
): string[] {
  if (!webhookCiphertext) return [];
  try {
    return openWebhookSecrets(id, key, webhookCiphertext)
      .filter(({ until }) => until === null || until > now)
      .map(({ secret }) => secret);
  } catch (error) {
    log.error("the webhook secrets do not open", { gateway, error });
    return [];
  }
}
