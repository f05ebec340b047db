/** The key with which the sandbox's PayPal signs, and its certificate: made when it is first needed. */
import { createHash, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

const yearMs = 365 * 86_400_000;

export type Signer = { privateKey: KeyObject; publicKey: KeyObject; pem: string; id: string };

let signer: Signer | null = null;

/** One for the life of the process. */
export function signerOfProcess(): Signer {
  signer ??= makeSigner();
  return signer;
}

function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = certificateOf(privateKey, publicKey, new Date());
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  const pem = ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
  const id = `CERT-${createHash("sha256").update(der).digest("hex").slice(0, 24)}`;
  return { privateKey, publicKey, pem, id };
}

const tags = { integer: 0x02, bits: 0x03, null: 0x05, oid: 0x06, utf8: 0x0c, time: 0x17 } as const;
const sequenceTag = 0x30;
const setTag = 0x31;

/** One value in DER: its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => der(sequenceTag, ...content);
const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, "hex"));

// sha256WithRSAEncryption, 1.2.840.113549.1.1.11; commonName, 2.5.4.3.
const algorithm = sequence(oid("2a864886f70d01010b"), der(tags.null));
const commonName = oid("550403");

function nameOf(text: string): Buffer {
  return sequence(der(setTag, sequence(commonName, der(tags.utf8, Buffer.from(text)))));
}

function timeOf(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(tags.time, Buffer.from(`${text}Z`));
}

/** A self-signed certificate (X.509, version 1), good from yesterday for ten years. RFC 5280, section 4.1. */
function certificateOf(privateKey: KeyObject, publicKey: KeyObject, now: Date): Buffer {
  const name = nameOf("messageverificationcerts.sandbox.invalid");
  const from = new Date(now.getTime() - yearMs / 365);
  const content = sequence(
    der(tags.integer, Buffer.from([1])),
    algorithm,
    name,
    sequence(timeOf(from), timeOf(new Date(now.getTime() + 10 * yearMs))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = createSign("sha256").update(content).sign(privateKey);
  return sequence(content, algorithm, der(tags.bits, Buffer.from([0]), signature));
}
