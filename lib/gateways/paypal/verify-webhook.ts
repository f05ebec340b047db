import { verify, type X509Certificate } from "node:crypto";
import { crc32 } from "node:zlib";
import { z } from "zod";
import type { GatewayAccount, VerifiedWebhook } from "../gateway.ts";
import { certificateAt } from "./certificates.ts";

const algorithm = "SHA256withRSA";
const minuteMs = 60_000;
// PayPal tries for three days; whether a later try is signed anew is not documented.
const oldestMs = 4 * 24 * 60 * minuteMs;
const earliestMs = 15 * minuteMs;

const bodySchema = z.object({ id: z.string().min(1).max(255) });

type Certificate = Pick<X509Certificate, "publicKey" | "validFrom" | "validTo">;
type CertificateOf = (
  address: string,
  account: Pick<GatewayAccount, "apiUrl" | "mode">,
) => Promise<Certificate | null>;

type Parts = {
  id: string;
  time: string;
  signature: Buffer;
  certificateUrl: string;
  eventId: string;
};

/**
 * Checks a webhook of PayPal by its certificate: RSA over `id|time|webhookId|crc32 of the body`, in which
 * the webhook's id (our secret, never sent) binds it to us. Source:
 * developer.paypal.com/api/rest/webhooks/rest. Null where anything is amiss; it never throws.
 *
 * The body is bound by a checksum, which is no hash: who had a signed webhook of ours, headers and all,
 * could write another body for it. Only PayPal and this shop see those.
 */
export async function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  { account, secret }: { account: Pick<GatewayAccount, "apiUrl" | "mode">; secret: string },
  now: Date,
  certificateOf: CertificateOf = certificateAt,
): Promise<VerifiedWebhook | null> {
  const parts = readParts(headers, body, now);
  // An empty id would be known to everybody.
  if (!parts || !/^[A-Za-z0-9]{6,50}$/.test(secret)) return null;
  const certificate = await certificateOf(parts.certificateUrl, account);
  if (!certificate || !isGoodAt(certificate, now)) return null;
  const message = `${parts.id}|${parts.time}|${secret}|${crc32(body)}`;
  return isSignedBy(certificate, message, parts.signature) ? { eventId: parts.eventId } : null;
}

function readParts(headers: Headers, body: Uint8Array, now: Date): Parts | null {
  const header = (name: string): string => headers.get(`paypal-${name}`) ?? "";
  const id = header("transmission-id");
  const time = header("transmission-time");
  const signature = header("transmission-sig");
  const eventId = eventIdOf(body);
  const isReadable =
    header("auth-algo") === algorithm &&
    /^[\w-]{1,100}$/.test(id) &&
    /^[A-Za-z0-9+/]{64,2048}={0,2}$/.test(signature) &&
    isNow(time, now);
  if (!isReadable || eventId === null) return null;
  return {
    id,
    time,
    signature: Buffer.from(signature, "base64"),
    certificateUrl: header("cert-url"),
    eventId,
  };
}

/** Loosely: a delivery may come days late. */
function isNow(time: string, now: Date): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time)) return false;
  const ageMs = now.getTime() - Date.parse(time);
  return ageMs <= oldestMs && ageMs >= -earliestMs;
}

function eventIdOf(body: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    const parsed = bodySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.id : null;
  } catch {
    return null;
  }
}

function isGoodAt({ validFrom, validTo }: Certificate, now: Date): boolean {
  return Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
}

function isSignedBy({ publicKey }: Certificate, message: string, signature: Buffer): boolean {
  try {
    return verify("RSA-SHA256", Buffer.from(message), publicKey, signature);
  } catch {
    return false;
  }
}
