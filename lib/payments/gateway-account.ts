import { isPaymentError, PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { StoredConfiguration } from "../db/configurations.ts";
import { endpointsOf } from "../gateways/endpoints.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { findGateway } from "../gateways/registry.ts";
import { openSecret, openWebhookSecrets, type WrappedKey } from "../gateways/secret-box.ts";
import { log } from "../observability/log.ts";

/**
 * The account of one configuration, its secrets opened. A secret that does not open (another row's,
 * another master key's, a broken byte) stops this gateway alone, with `service_unavailable`. Webhook
 * secrets that do not open close its webhook endpoint and stop no payment. Throws
 * `gateway_not_configured` where the key is of another mode than the account.
 */
export function gatewayAccount(
  configuration: StoredConfiguration,
  now: Date = new Date(),
): GatewayAccount {
  const { id, merchantId, publicKey, secretCiphertext, wrappedDataKey, masterKeyVersion } =
    configuration;
  const gateway = configuration.gateway as GatewayName;
  const { mode } = configuration;
  const apiUrl = gateway === "dummy" ? "" : endpointsOf(gateway, mode).api;
  const account = { configurationId: id, mode, apiUrl, merchantId, publicKey };
  if (!secretCiphertext || !wrappedDataKey || !masterKeyVersion) {
    requireFittingKey(gateway, { ...account, secretKey: "" });
    return { ...account, secretKey: "", webhookSecrets: [] };
  }
  const key = { wrappedDataKey, masterKeyVersion };
  try {
    const secretKey = openSecret(id, { secretCiphertext, ...key });
    requireFittingKey(gateway, { ...account, secretKey });
    return { ...account, secretKey, webhookSecrets: goodWebhookSecrets(configuration, key, now) };
  } catch (error) {
    if (isPaymentError(error)) throw error;
    log.error("a gateway secret does not open", { gateway: configuration.gateway, error });
    throw new PaymentError(
      "service_unavailable",
      `The ${configuration.gateway} gateway cannot be used right now. Nothing was charged.`,
      { retryAfterSeconds: 60, cause: error },
    );
  }
}

/** A test key in live mode, or the reverse, would ask the wrong books: no call is made with it. */
function requireFittingKey(
  name: GatewayName,
  account: Pick<GatewayAccount, "mode" | "merchantId" | "publicKey" | "secretKey">,
): void {
  const problem = findGateway(name)?.keyProblem(account) ?? null;
  if (problem === null) return;
  log.error("a gateway's key does not fit its mode", { gateway: name });
  throw new PaymentError(
    "gateway_not_configured",
    `The ${name} gateway cannot be used: its keys do not fit. Nothing was charged.`,
  );
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
