import { createSign, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signerOfProcess } from "../../../sandbox/paypal/certificate.ts";
import { certificateAt, readCertificate, trustedAddress } from "./certificates.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const vector = JSON.parse(fixture("webhook-vector.json")) as {
  headers: Record<string, string>;
  rawBody: string;
  webhookId: string;
  crc32Decimal: number;
};
// The vector's message is older than its certificate: its key is taken, and dates that fit.
const { publicKey: vectorKey } = new X509Certificate(fixture("webhook-certificate.pem"));
const certificate = {
  publicKey: vectorKey,
  validFrom: "Jan 1 00:00:00 2026 GMT",
  validTo: "Jan 1 00:00:00 2027 GMT",
};
const account = { apiUrl: "https://api-m.sandbox.paypal.com", mode: "test" } as const;
const body = Buffer.from(vector.rawBody);
const sentAt = new Date(vector.headers["paypal-transmission-time"]!);
const hours = (count: number) => new Date(sentAt.getTime() + count * 3_600_000);

const check = (
  over: {
    headers?: Record<string, string>;
    body?: Uint8Array;
    secret?: string;
    now?: Date;
    found?: typeof certificate | X509Certificate | null;
  } = {},
) =>
  verifyWebhook(
    {
      headers: new Headers({ ...vector.headers, ...over.headers }),
      body: over.body ?? body,
    },
    { account, secret: over.secret ?? vector.webhookId },
    over.now ?? hours(1),
    () => Promise.resolve(over.found === undefined ? certificate : over.found),
  );

describe("a signature", () => {
  test("of a known vector holds, its checksum above 2^31", async () => {
    expect(crc32(body)).toBe(vector.crc32Decimal);
    expect(vector.crc32Decimal).toBeGreaterThan(2 ** 31);
    expect(await check()).toEqual({ eventId: "WH-TEST-2" });
  });

  test("holds for days, as PayPal tries again, and no longer; nor from the future", async () => {
    expect(await check({ now: hours(3 * 24 + 1) })).not.toBeNull();
    expect(await check({ now: hours(4 * 24 + 1) })).toBeNull();
    expect(await check({ now: hours(-1) })).toBeNull();
  });

  test.each<[string, Parameters<typeof check>[0]]>([
    ["another byte", { body: Buffer.from(vector.rawBody.replace("10.00", "10.01")) }],
    ["another listener's id", { secret: "8PT597110X687430M" }],
    ["no id", { secret: "" }],
    ["the simulator's id", { secret: "WEBHOOK_ID" }],
    ["no certificate", { found: null }],
    ["another transmission", { headers: { "paypal-transmission-id": "b2384410" } }],
    ["another time", { headers: { "paypal-transmission-time": "2026-01-02T03:04:07Z" } }],
    ["a time that is none", { headers: { "paypal-transmission-time": "today" } }],
    ["another algorithm", { headers: { "paypal-auth-algo": "SHA1withRSA" } }],
    ["no signature", { headers: { "paypal-transmission-sig": "" } }],
    ["nonsense", { headers: { "paypal-transmission-sig": "A".repeat(344) } }],
  ])("does not hold with %s", async (_name, over) => {
    expect(await check(over)).toBeNull();
  });

  test("does not hold by a certificate that is over, or of another key", async () => {
    const over = { ...certificate, validTo: "Jan 2 04:04:05 2026 GMT" };
    expect(await check({ found: over, now: hours(0) })).not.toBeNull();
    expect(await check({ found: over })).toBeNull();
    expect(
      await check({ found: { ...certificate, validFrom: "Feb 1 00:00:00 2026 GMT" } }),
    ).toBeNull();
    expect(await check({ found: readCertificate(signerOfProcess().pem) })).toBeNull();
  });

  test("over a body that is no event is no event", async () => {
    const { privateKey, pem } = signerOfProcess();
    for (const text of ["", "{", "7", "{}", '{"id":7}']) {
      const message = `t1|${vector.headers["paypal-transmission-time"]}|${vector.webhookId}|${crc32(text)}`;
      const signature = createSign("sha256").update(message).sign(privateKey, "base64");
      const headers = { "paypal-transmission-id": "t1", "paypal-transmission-sig": signature };
      const asked = { body: Buffer.from(text), headers, found: readCertificate(pem) };
      expect(await check(asked)).toBeNull();
    }
  });
});

describe("a certificate is taken", () => {
  const path = "/v1/notifications/certs/CERT-360caa42-fca2a594";
  const live = { apiUrl: "https://api-m.paypal.com", mode: "live" } as const;
  const sandbox = { apiUrl: "http://127.0.0.1:4012", mode: "test" } as const;

  test.each([
    [`https://api.sandbox.paypal.com${path}`, account],
    [`https://api-m.sandbox.paypal.com${path}`, account],
    [`https://api.paypal.com${path}`, live],
    [`https://api-m.paypal.com${path}`, live],
    [`http://127.0.0.1:4012${path}`, sandbox],
  ])("from %s", (url, of) => expect(trustedAddress(url, of)).toBe(url));

  test.each([
    ["", live],
    ["api.paypal.com", live],
    [`http://api.paypal.com${path}`, live],
    [`https://api.sandbox.paypal.com${path}`, live],
    [`https://api.paypal.com${path}`, account],
    [`https://api.paypal.com.evil.example${path}`, live],
    [`https://evilpaypal.com${path}`, live],
    [`https://x.paypal.com${path}`, live],
    [`https://api.paypal.com:8443${path}`, live],
    [`https://user@api.paypal.com${path}`, live],
    [`https://api.paypal.com@evil.example${path}`, live],
    [`https://api.paypal.com/v1/notifications/certs/../../x`, live],
    [`https://api.paypal.com/v1/notifications/certs/a/b`, live],
    [`https://api.paypal.com/v1/notifications/certs/%2e%2e`, live],
    [`https://api.paypal.com/redirect?to=${path}`, live],
    [`https://api.paypal.com${path}?x=1`, live],
    [`https://api.paypal.com${path}#x`, live],
    [`http://127.0.0.1:4012${path}`, live],
    [`https://api.paypal.com${path}`, sandbox],
    [`http://127.0.0.1:4013${path}`, sandbox],
    [`http://localhost:4012${path}`, sandbox],
    ["file:///v1/notifications/certs/x", sandbox],
  ])("never from %s", (url, of) => expect(trustedAddress(url, of)).toBeNull());

  test("with an RSA key of 2048 bits at least", () => {
    expect(readCertificate(signerOfProcess().pem)).not.toBeNull();
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (const text of ["", "x", String(publicKey.export({ type: "spki", format: "pem" }))]) {
      expect(readCertificate(text)).toBeNull();
    }
  });
});

describe("certificates are fetched", () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = "" } = request;
    asked.push(url);
    if (url.endsWith("/good")) return void response.end(signerOfProcess().pem);
    if (url.endsWith("/long")) return void response.end(signerOfProcess().pem + " ".repeat(40_000));
    if (url.endsWith("/elsewhere")) {
      return void response.writeHead(302, { Location: "/v1/notifications/certs/good" }).end();
    }
    response.writeHead(404).end();
  });
  let at = { apiUrl: "", mode: "test" as const };
  const get = (name: string) => certificateAt(`${at.apiUrl}/v1/notifications/certs/${name}`, at);

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = { ...at, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterAll(() => void server.close());

  test("once, whoever asks, also at the same moment", async () => {
    const found = await Promise.all([get("good"), get("good"), get("good")]);
    expect(found.every((one) => one !== null)).toBe(true);
    expect(await get("good")).toBe(found[0]);
    expect(asked).toEqual(["/v1/notifications/certs/good"]);
  });

  test("without following a redirect, and not without end", async () => {
    expect(await get("elsewhere")).toBeNull();
    expect(await get("long")).toBeNull();
    expect(asked.filter((url) => url.endsWith("/good"))).toHaveLength(1);
  });

  test("not over and over, nor many, by those who forge addresses", async () => {
    asked.length = 0;
    for (let tries = 0; tries < 5; tries += 1) expect(await get("missing")).toBeNull();
    expect(asked).toHaveLength(1);
    for (let name = 0; name < 60; name += 1) await get(`forged-${name}`);
    expect(asked.length).toBeLessThanOrEqual(20);
    // Known ones are still there.
    expect(await get("good")).not.toBeNull();
  });
});
