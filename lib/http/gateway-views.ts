import type { z } from "zod";
import type { AccountChange } from "../payments/set-up-account.ts";
import type { AccountRecord } from "../payments/view-account.ts";
import type { gatewayAccountView, gatewayCalls } from "./gateway-calls.ts";

const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

export function viewGatewayAccount(account: AccountRecord): z.infer<typeof gatewayAccountView> {
  const { lastCheck } = account;
  return {
    id: account.id,
    gateway: account.gateway,
    is_active: account.isActive,
    mode: account.mode,
    label: account.label,
    priority: account.priority,
    currency: account.currency,
    currencies: account.currencies,
    countries: account.countries,
    capture_method: account.captureMethod,
    merchant_id: account.merchantId,
    public_key: account.publicKey,
    secret_key_state: account.secretKey.state,
    secret_key_last4: account.secretKey.last4,
    webhook_secrets: account.webhookSecrets,
    webhook_url: account.webhookUrl,
    last_check: lastCheck && { at: time(lastCheck.at), problem: lastCheck.problem },
    created_at: time(account.createdAt),
    updated_at: time(account.updatedAt),
  };
}

/** The change that a body asks for. */
export function readAccountChange(
  body: z.output<typeof gatewayCalls.updateGateway.body>,
): AccountChange {
  return {
    isActive: body.is_active,
    mode: body.mode,
    label: body.label,
    priority: body.priority,
    currency: body.currency,
    currencies: body.currencies,
    countries: body.countries,
    captureMethod: body.capture_method,
    merchantId: body.merchant_id,
    publicKey: body.public_key,
    secretKey: body.secret_key,
  };
}
