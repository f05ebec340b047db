import type { StoredConfiguration } from "../db/configurations.ts";
import {
  openSecret,
  openWebhookSecrets,
  type WebhookSecret,
  type WrappedKey,
} from "../gateways/secret-box.ts";

/** The secret key of a configuration as it stands; `unreadable`: another master key sealed it. */
export type StoredSecret =
  { kind: "missing" } | { kind: "unreadable" } | { kind: "kept"; secretKey: string };

/** The secret key of a configuration, opened. Never throws. */
export function readStoredSecret(row: StoredConfiguration): StoredSecret {
  const { secretCiphertext } = row;
  const key = wrappedKeyOf(row);
  if (!secretCiphertext || !key) return { kind: "missing" };
  try {
    return { kind: "kept", secretKey: openSecret(row.id, { secretCiphertext, ...key }) };
  } catch {
    return { kind: "unreadable" };
  }
}

/** The webhook secrets that are good at `now`, newest first; none where they do not open. */
export function readWebhookSecrets(
  row: StoredConfiguration,
  now: Date = new Date(),
): WebhookSecret[] {
  const key = wrappedKeyOf(row);
  if (!row.webhookCiphertext || !key) return [];
  try {
    return openWebhookSecrets(row.id, key, row.webhookCiphertext).filter(
      ({ until }) => until === null || until > now,
    );
  } catch {
    return [];
  }
}

function wrappedKeyOf({
  wrappedDataKey,
  masterKeyVersion,
}: StoredConfiguration): WrappedKey | null {
  return wrappedDataKey && masterKeyVersion ? { wrappedDataKey, masterKeyVersion } : null;
}
