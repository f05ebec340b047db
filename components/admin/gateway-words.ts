import type { GatewayName } from "#lib/domain/payment";

type KeyField = { label: string; hint: string };

/** What to copy from a gateway's dashboard into which field; null: it needs none. */
export type GatewayFields = {
  merchantId: KeyField | null;
  publicKey: KeyField | null;
  secretKey: KeyField;
  webhookSecret: KeyField;
};

const named: Readonly<Record<GatewayName, GatewayFields>> = {
  dummy: {
    merchantId: { label: "Merchant id", hint: "Any name. It takes no money; demo and tests only." },
    publicKey: null,
    secretKey: { label: "Secret key", hint: "Any text." },
    webhookSecret: { label: "Webhook secret", hint: "Any text of 16 characters or more." },
  },
  stripe: {
    merchantId: {
      label: "Account id",
      hint: "Settings, Business, Account details: begins with acct_.",
    },
    publicKey: {
      label: "Publishable key",
      hint: "Developers, API keys: begins with pk_test_ or pk_live_.",
    },
    secretKey: {
      label: "Secret key",
      hint: "Developers, API keys: begins with sk_test_, sk_live_ or rk_.",
    },
    webhookSecret: {
      label: "Signing secret",
      hint: "Developers, Webhooks, your endpoint: begins with whsec_.",
    },
  },
  paypal: {
    merchantId: { label: "Merchant id", hint: "Account settings, Business information." },
    publicKey: { label: "Client id", hint: "Developer dashboard, Apps & credentials, your app." },
    secretKey: { label: "Client secret", hint: "Beside the client id of the same app." },
    webhookSecret: {
      label: "Webhook id",
      hint: "Shown in the app's list of webhooks once the address is added. PayPal signs with it.",
    },
  },
  razorpay: {
    merchantId: { label: "Merchant id", hint: "Account & settings." },
    publicKey: {
      label: "Key id",
      hint: "Account & settings, API keys: begins with rzp_test_ or rzp_live_.",
    },
    secretKey: { label: "Key secret", hint: "Shown once, when the key is made." },
    webhookSecret: {
      label: "Webhook secret",
      hint: "What you enter as the secret when you add the webhook.",
    },
  },
  flutterwave: {
    merchantId: { label: "Merchant id", hint: "Settings, Business profile." },
    publicKey: { label: "Public key", hint: "Settings, API keys: begins with FLWPUBK." },
    secretKey: { label: "Secret key", hint: "Settings, API keys: begins with FLWSECK." },
    webhookSecret: {
      label: "Secret hash",
      hint: "Settings, Webhooks: the secret hash that you enter there.",
    },
  },
};

export function gatewayFields(gateway: GatewayName): GatewayFields {
  return named[gateway];
}

const historyLabels: Readonly<Record<string, string>> = {
  created: "Set up",
  changed: "Changed",
  activated: "Switched on",
  deactivated: "Switched off",
  secret_key_changed: "The secret key was replaced",
  webhook_secret_added: "A webhook secret was added",
  webhook_secret_rotated: "The webhook secret was replaced",
  verified: "Verified: the keys are good",
  verification_failed: "Verification failed",
};

const settingLabels: Readonly<Record<string, string>> = {
  is_active: "active",
  mode: "mode",
  label: "label",
  priority: "priority",
  currency: "default currency",
  currencies: "currencies",
  countries: "countries",
  capture_method: "capture",
  merchant_id: "merchant id",
  public_key: "public key",
};

function labelIn(words: Readonly<Record<string, string>>, name: string): string {
  return (Object.hasOwn(words, name) ? words[name] : undefined) ?? name.replaceAll("_", " ");
}

/** What was done to an account, in words. */
export function historyWords(action: string): string {
  return labelIn(historyLabels, action);
}

/** What a change changed, a line a setting: "priority: 20 → 10". */
export function changeWords(before: unknown, after: unknown): string[] {
  if (!isRecord(before) || !isRecord(after)) return [];
  return Object.keys(after).map(
    (name) =>
      `${labelIn(settingLabels, name)}: ${valueWords(before[name])} → ${valueWords(after[name])}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "any" : value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" || value == null ? "none" : String(value as string | number);
}

/** Codes as a person types them: "usd, EUR  inr" → USD, EUR, INR. */
export function readCodes(text: string): string[] {
  return text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((code) => code !== "");
}
