// The certificates that PayPal signs its webhooks with. A webhook says itself where its certificate is, so
// this decides whom we believe: developer.paypal.com/api/rest/webhooks/rest.
import { X509Certificate } from "node:crypto";
import type { GatewayMode } from "../../domain/payment.ts";
import type { GatewayAccount } from "../gateway.ts";
import { sendHttp } from "../send-http.ts";
import { processGlobal } from "../../process-global.ts";

const hosts: Readonly<Record<GatewayMode, readonly string[]>> = {
  test: ["api.sandbox.paypal.com", "api-m.sandbox.paypal.com"],
  live: ["api.paypal.com", "api-m.paypal.com"],
};
const pathPattern = /^\/v1\/notifications\/certs\/[A-Za-z0-9._-]{1,100}$/;

const longestCertificate = 32 * 1024;
const goodForMs = 12 * 3_600_000;
// Forged addresses are not asked for over and over, nor many of them.
const badForMs = 60_000;
const fetchesAMinute = 20;
const mostKept = 100;

type Kept = { certificate: Promise<X509Certificate | null>; until: number };
type Shelf = { kept: Map<string, Kept>; minute: number; fetched: number };

/**
 * The address where it is one of PayPal's for that mode, or null. In the demo and in tests the account's
 * API is the sandbox, and nothing else than the sandbox is believed.
 */
export function trustedAddress(
  text: string,
  { apiUrl, mode }: Pick<GatewayAccount, "apiUrl" | "mode">,
): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain =
    url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!isPlain || !pathPattern.test(url.pathname)) return null;
  const api = new URL(apiUrl);
  const isReal = api.hostname.endsWith(".paypal.com");
  const isTrusted = isReal
    ? url.protocol === "https:" && url.port === "" && hosts[mode].includes(url.hostname)
    : url.origin === api.origin;
  return isTrusted ? url.href : null;
}

/** The certificate at an address of PayPal's; null where there is none that is good. Never throws. */
export async function certificateAt(
  address: string,
  account: Pick<GatewayAccount, "apiUrl" | "mode">,
): Promise<X509Certificate | null> {
  const url = trustedAddress(address, account);
  if (url === null) return null;
  const shelf = processGlobal<Shelf>("paypal-certificates", () => ({
    kept: new Map(),
    minute: 0,
    fetched: 0,
  }));
  const now = performance.now();
  const known = shelf.kept.get(url);
  if (known && known.until > now) return known.certificate;
  if (!mayFetch(shelf, now)) return null;
  const entry: Kept = { certificate: fetchCertificate(url), until: now + goodForMs };
  keep(shelf, url, entry);
  const certificate = await entry.certificate;
  if (certificate === null) entry.until = performance.now() + badForMs;
  return certificate;
}

function mayFetch(shelf: Shelf, now: number): boolean {
  const minute = Math.floor(now / 60_000);
  if (shelf.minute !== minute) Object.assign(shelf, { minute, fetched: 0 });
  shelf.fetched += 1;
  return shelf.fetched <= fetchesAMinute;
}

function keep({ kept }: Shelf, url: string, entry: Kept): void {
  kept.delete(url);
  kept.set(url, entry);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}

async function fetchCertificate(url: string): Promise<X509Certificate | null> {
  // Redirects are not followed: they could lead anywhere.
  const answer = await sendHttp({ method: "GET", url, headers: {} });
  if (answer.kind !== "answer" || answer.status !== 200) return null;
  return answer.text.length > longestCertificate ? null : readCertificate(answer.text);
}

/** The first certificate of a PEM text, where it has an RSA key of at least 2048 bits. */
export function readCertificate(pem: string): X509Certificate | null {
  try {
    const certificate = new X509Certificate(pem);
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return asymmetricKeyType === "rsa" && bits >= 2_048 ? certificate : null;
  } catch {
    return null;
  }
}
