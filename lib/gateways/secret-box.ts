import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { getEnv } from "../env.ts";

// AES-256-GCM with a random 96-bit nonce and the full 128-bit tag (NIST SP 800-38D).
const nonceBytes = 12;
const tagBytes = 16;

/** A secret as it is stored: its ciphertext, its own data key wrapped by the master key, and whose. */
export type SealedSecret = {
  secretCiphertext: Uint8Array<ArrayBuffer>;
  wrappedDataKey: Uint8Array<ArrayBuffer>;
  masterKeyVersion: string;
};

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

function derive(masterKey: string, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, "tollbooth", purpose, length));
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

function contextOf(configurationId: number, part: "secret" | "data-key", version: string): string {
  return `payment_configurations/${configurationId}/${part}/${version}`;
}

/** Seals a gateway's secret for one configuration row; it opens for no other row. */
export function sealSecret(configurationId: number, secret: string): SealedSecret {
  const version = versionOf(getEnv().MASTER_KEY);
  const dataKey = randomBytes(32);
  return {
    secretCiphertext: seal(
      dataKey,
      Buffer.from(secret),
      contextOf(configurationId, "secret", version),
    ),
    wrappedDataKey: seal(
      masterKeyFor(version),
      dataKey,
      contextOf(configurationId, "data-key", version),
    ),
    masterKeyVersion: version,
  };
}

/** The secret of one configuration row. Throws where a byte, the row or the master key is another. */
export function openSecret(configurationId: number, sealed: SealedSecret): string {
  const { masterKeyVersion } = sealed;
  const dataKey = open(
    masterKeyFor(masterKeyVersion),
    sealed.wrappedDataKey,
    contextOf(configurationId, "data-key", masterKeyVersion),
  );
  return open(
    dataKey,
    sealed.secretCiphertext,
    contextOf(configurationId, "secret", masterKeyVersion),
  ).toString("utf8");
}
