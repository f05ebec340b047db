import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import { getEnv } from "../env.ts";

// AES-256-GCM with a random 96-bit nonce and the full 128-bit tag (NIST SP 800-38D).
const nonceBytes = 12;
const tagBytes = 16;

type Bytes = Uint8Array<ArrayBuffer>;

/** A row's own data key, wrapped by the master key of that version. */
export type WrappedKey = { wrappedDataKey: Bytes; masterKeyVersion: string };

/** A secret as it is stored: its ciphertext, its own data key wrapped by the master key, and whose. */
export type SealedSecret = WrappedKey & { secretCiphertext: Bytes };

/** A webhook secret, and until when it is good where another has taken its place. */
export type WebhookSecret = { secret: string; until: Date | null };

function seal(key: Buffer, plain: Uint8Array, context: string): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return new Uint8Array(
    Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
  );
}

function open(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([
    decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)),
    decipher.final(),
  ]);
}

// By purpose and master key, of which a process has two at most. Every payment and webhook opens a
// secret, and deriving took most of that time.
const derived = new Map<string, Buffer>();

function derive(masterKey: string, purpose: string, length: number): Buffer {
  const name = `${purpose} ${masterKey}`;
  const known = derived.get(name);
  if (known) return known;
  const key = Buffer.from(hkdfSync("sha256", masterKey, "tollbooth", purpose, length));
  derived.set(name, key);
  return key;
}

/** A name for a master key that tells nothing of it: keys are told apart by it when they rotate. */
function versionOf(masterKey: string): string {
  return derive(masterKey, "version", 6).toString("hex");
}

function masterKeyFor(version: string): Buffer {
  const { MASTER_KEY, MASTER_KEY_PREVIOUS } = getEnv();
  const match = [MASTER_KEY, MASTER_KEY_PREVIOUS].find(
    (key) => key !== undefined && versionOf(key) === version,
  );
  if (match === undefined) throw new Error(`no master key of version ${version}`);
  return derive(match, "wrap", 32);
}

function contextOf(
  configurationId: number,
  part: "secret" | "data-key" | "webhook",
  version: string,
): string {
  return `payment_configurations/${configurationId}/${part}/${version}`;
}

/**
 * Seals a gateway's secret for one configuration row, and its webhook secret where there is one, under
 * a new data key; they open for no other row and not in each other's place.
 */
export function sealSecret(
  configurationId: number,
  secret: string,
  webhookSecret?: string,
): SealedSecret & { webhookCiphertext: Bytes | null } {
  const version = versionOf(getEnv().MASTER_KEY);
  const dataKey = randomBytes(32);
  const key = {
    wrappedDataKey: seal(
      masterKeyFor(version),
      dataKey,
      contextOf(configurationId, "data-key", version),
    ),
    masterKeyVersion: version,
  };
  return {
    ...key,
    secretCiphertext: seal(
      dataKey,
      Buffer.from(secret),
      contextOf(configurationId, "secret", version),
    ),
    webhookCiphertext:
      webhookSecret === undefined
        ? null
        : sealWebhookSecrets(configurationId, key, [{ secret: webhookSecret, until: null }]),
  };
}

function openDataKey(
  configurationId: number,
  { wrappedDataKey, masterKeyVersion }: WrappedKey,
): Buffer {
  return open(
    masterKeyFor(masterKeyVersion),
    wrappedDataKey,
    contextOf(configurationId, "data-key", masterKeyVersion),
  );
}

/** The secret of one configuration row. Throws where a byte, the row or the master key is another. */
export function openSecret(configurationId: number, sealed: SealedSecret): string {
  return open(
    openDataKey(configurationId, sealed),
    sealed.secretCiphertext,
    contextOf(configurationId, "secret", sealed.masterKeyVersion),
  ).toString("utf8");
}

/** Seals the webhook secrets of one configuration row under the data key that the row has. */
export function sealWebhookSecrets(
  configurationId: number,
  key: WrappedKey,
  secrets: readonly WebhookSecret[],
): Bytes {
  return seal(
    openDataKey(configurationId, key),
    Buffer.from(JSON.stringify(secrets)),
    contextOf(configurationId, "webhook", key.masterKeyVersion),
  );
}

const webhookSecretsSchema = z.array(
  z.object({
    secret: z.string().min(1),
    until: z.iso
      .datetime()
      .transform((text) => new Date(text))
      .nullable(),
  }),
);

/** The webhook secrets of one configuration row, the newest first. Throws as `openSecret` does. */
export function openWebhookSecrets(
  configurationId: number,
  key: WrappedKey,
  webhookCiphertext: Bytes,
): WebhookSecret[] {
  const text = open(
    openDataKey(configurationId, key),
    webhookCiphertext,
    contextOf(configurationId, "webhook", key.masterKeyVersion),
  ).toString("utf8");
  return webhookSecretsSchema.parse(JSON.parse(text));
}
