import { recordAudit } from "../db/audit.ts";
import { inTransaction, type Tx } from "../db/client.ts";
import {
  hasTransactions,
  insertInactiveConfiguration,
  lockConfiguration,
  updateConfigurationRow,
  type ConfigurationSettings,
  type StoredConfiguration,
} from "../db/configurations.ts";
import type { Viewer } from "../domain/actor.ts";
import { invalidField, notFound } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { sealSecret, sealWebhookSecrets, type WebhookSecret } from "../gateways/secret-box.ts";
import { requireMoneyMover } from "./access.ts";
import { requireFittingKeys, requireFittingSettings, requireGateway } from "./account-problem.ts";
import { readStoredSecret, readWebhookSecrets } from "./stored-secret.ts";
import { getAccount, type AccountRecord } from "./view-account.ts";

type Given<T> = { [Name in keyof T]?: T[Name] | undefined };

/** What may be changed of an account; what is left out stays. Keys go in and never come out. */
export type AccountChange = Given<ConfigurationSettings> & { secretKey?: string | undefined };

export type NewAccount = AccountChange & { gateway: GatewayName };

const blank: ConfigurationSettings = {
  isActive: false,
  mode: "test",
  label: "",
  priority: 100,
  currency: "USD",
  currencies: [],
  countries: [],
  captureMethod: "automatic",
  merchantId: "",
  publicKey: "",
};

/**
 * Sets up another merchant account at a gateway. Admin alone. Throws `forbidden` and `invalid_request`
 * naming the field: a gateway that may not be used here, codes that are none, keys that do not fit the
 * mode, an active account without a secret key.
 */
export async function createAccount(viewer: Viewer, command: NewAccount): Promise<AccountRecord> {
  requireMoneyMover(viewer);
  const { gateway, secretKey, ...given } = command;
  const settings = merged(blank, given);
  requireFittingSettings(requireGateway(gateway), settings);
  const id = await inTransaction(async (tx) => {
    const row = await insertInactiveConfiguration(tx, { ...withoutActive(settings), gateway });
    await write(tx, row, settings, secretKey, command);
    await recordAudit(tx, {
      entity: "configuration",
      entityId: String(row.id),
      action: "created",
      actor: viewer,
      after: { gateway, ...told(settings), has_secret_key: secretKey !== undefined },
    });
    return row.id;
  });
  return (await getAccount(viewer, id)).account;
}

/**
 * Changes an account. Admin alone; the audit tells what changed, of a key that it did. Mode and merchant
 * stay once a payment was begun with it: its refunds and questions would go to another's books.
 *
 * Throws `forbidden`, `not_found` and `invalid_request` as `createAccount` does.
 */
export async function updateAccount(
  viewer: Viewer,
  id: number,
  change: AccountChange,
): Promise<AccountRecord> {
  requireMoneyMover(viewer);
  const { secretKey, ...given } = change;
  await inTransaction(async (tx) => {
    const row = await lockConfiguration(tx, id);
    if (!row) throw notFound();
    const before = settingsOf(row);
    const settings = merged(before, given);
    await requireSameBooks(tx, id, before, settings);
    await write(tx, row, settings, secretKey, change);
    await recordChange(tx, viewer, row, { before, after: settings, secretKey });
  });
  return (await getAccount(viewer, id)).account;
}

function withoutActive({
  isActive: _,
  ...rest
}: ConfigurationSettings): Omit<ConfigurationSettings, "isActive"> {
  return rest;
}

function settingsOf(row: StoredConfiguration): ConfigurationSettings {
  const { isActive, mode, label, priority, currency, currencies, countries } = row;
  const { captureMethod, merchantId, publicKey } = row;
  return {
    ...{ isActive, mode, label, priority, currency, currencies, countries },
    ...{ captureMethod, merchantId, publicKey },
  };
}

function merged(
  before: ConfigurationSettings,
  given: Given<ConfigurationSettings>,
): ConfigurationSettings {
  const change = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<ConfigurationSettings>;
  const all = { ...before, ...change };
  return { ...all, currencies: distinct(all.currencies), countries: distinct(all.countries) };
}

function distinct(codes: readonly string[]): string[] {
  return [...new Set(codes)];
}

async function requireSameBooks(
  tx: Tx,
  id: number,
  before: ConfigurationSettings,
  after: ConfigurationSettings,
): Promise<void> {
  const isOtherMode = after.mode !== before.mode;
  const isOtherMerchant = before.merchantId !== "" && after.merchantId !== before.merchantId;
  if (!isOtherMode && !isOtherMerchant) return;
  if (!(await hasTransactions(tx, id))) return;
  throw invalidField(
    isOtherMode ? "mode" : "merchant_id",
    "Payments were made with this account. Set up another one instead, and switch this one off.",
  );
}

/** Checks the account as it would be and writes it, its secret key sealed where a new one is given. */
async function write(
  tx: Tx,
  row: StoredConfiguration,
  settings: ConfigurationSettings,
  newSecret: string | undefined,
  change: AccountChange,
): Promise<void> {
  // What is bad already can always be switched off.
  const isSwitchedOff =
    change.isActive === false &&
    Object.entries(change).every(([name, value]) => name === "isActive" || value === undefined);
  if (!isSwitchedOff) requireSound(row, settings, newSecret, change);
  const sealed = newSecret === undefined ? {} : sealAnew(row, newSecret);
  await updateConfigurationRow(tx, row.id, { ...settings, ...sealed });
}

function requireSound(
  row: StoredConfiguration,
  settings: ConfigurationSettings,
  newSecret: string | undefined,
  change: AccountChange,
): void {
  const gateway = requireGateway(row.gateway as GatewayName);
  requireFittingSettings(gateway, settings);
  const stored = readStoredSecret(row);
  const secretKey = newSecret ?? (stored.kind === "kept" ? stored.secretKey : undefined);
  if (secretKey === undefined) {
    if (settings.isActive) throw invalidField("is_active", missingKey(stored.kind));
    return;
  }
  requireFittingKeys(gateway, { ...settings, secretKey }, keyFieldOf(change));
}

function missingKey(kind: "missing" | "unreadable" | "kept"): string {
  return kind === "unreadable"
    ? "The secret key does not open under this MASTER_KEY. Enter it again first."
    : "Enter the secret key first.";
}

/** Beside which field of a form it is said that the keys do not fit. */
function keyFieldOf(change: AccountChange): string {
  if (change.secretKey !== undefined) return "secret_key";
  if (change.publicKey !== undefined) return "public_key";
  return change.mode === undefined ? "is_active" : "mode";
}

/** A new secret key has a new data key: the webhook secrets move under it, those that still open. */
function sealAnew(row: StoredConfiguration, secretKey: string) {
  const sealed = sealSecret(row.id, secretKey);
  const known: WebhookSecret[] = readWebhookSecrets(row);
  const webhookCiphertext = known.length === 0 ? null : sealWebhookSecrets(row.id, sealed, known);
  return { ...sealed, webhookCiphertext };
}

async function recordChange(
  tx: Tx,
  viewer: Viewer,
  row: StoredConfiguration,
  change: {
    before: ConfigurationSettings;
    after: ConfigurationSettings;
    secretKey: string | undefined;
  },
): Promise<void> {
  const event = { entity: "configuration", entityId: String(row.id), actor: viewer } as const;
  const [before, after] = [told(change.before), told(change.after)];
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const pick = (from: Told) => Object.fromEntries(changed.map((name) => [name, from[name] ?? ""]));
  await recordAudit(
    tx,
    ...(changed.length === 0
      ? []
      : [
          {
            ...event,
            action: actionOf(changed, change.after),
            before: pick(before),
            after: pick(after),
          },
        ]),
    ...(change.secretKey === undefined ? [] : [{ ...event, action: "secret_key_changed" }]),
  );
}

function actionOf(changed: readonly string[], { isActive }: ConfigurationSettings): string {
  if (changed.join() !== "is_active") return "changed";
  return isActive ? "activated" : "deactivated";
}

type Told = Record<string, string | number | boolean | string[]>;

/** Settings as the audit and the API name them. Public keys are public. */
function told(settings: ConfigurationSettings): Told {
  return {
    is_active: settings.isActive,
    mode: settings.mode,
    label: settings.label,
    priority: settings.priority,
    currency: settings.currency,
    currencies: settings.currencies,
    countries: settings.countries,
    capture_method: settings.captureMethod,
    merchant_id: settings.merchantId,
    public_key: settings.publicKey,
  };
}
