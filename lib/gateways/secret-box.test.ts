import { describe, expect, test } from "vitest";
import {
  openSecret,
  openWebhookSecrets,
  sealSecret,
  sealWebhookSecrets,
  type SealedSecret,
} from "./secret-box.ts";

const secret = "sk_live_canary_8f2c";

test("a sealed secret opens for its row, and holds nothing of the secret in clear", () => {
  const sealed = sealSecret(7, secret);
  expect(openSecret(7, sealed)).toBe(secret);
  const stored = Buffer.concat([sealed.secretCiphertext, sealed.wrappedDataKey]).toString("latin1");
  expect(stored).not.toContain(secret);
  expect(stored).not.toContain("sk_live");
});

test("two seals of one secret have nothing in common", () => {
  const [a, b] = [sealSecret(7, secret), sealSecret(7, secret)];
  expect(Buffer.from(a.secretCiphertext).equals(Buffer.from(b.secretCiphertext))).toBe(false);
  expect(Buffer.from(a.wrappedDataKey).equals(Buffer.from(b.wrappedDataKey))).toBe(false);
});

describe("it stays shut", () => {
  const flip = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
    bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));

  test("for another row", () => {
    expect(() => openSecret(8, sealSecret(7, secret))).toThrow();
  });

  test.each<[string, (sealed: SealedSecret) => SealedSecret]>([
    [
      "a changed ciphertext",
      (sealed) => ({ ...sealed, secretCiphertext: flip(sealed.secretCiphertext) }),
    ],
    [
      "a changed data key",
      (sealed) => ({ ...sealed, wrappedDataKey: flip(sealed.wrappedDataKey) }),
    ],
    [
      "another row's data key",
      (sealed) => ({ ...sealed, wrappedDataKey: sealSecret(8, secret).wrappedDataKey }),
    ],
    ["an unknown master key", (sealed) => ({ ...sealed, masterKeyVersion: "000000000000" })],
  ])("for %s", (_name, spoil) => {
    expect(() => openSecret(7, spoil(sealSecret(7, secret)))).toThrow();
  });
});

describe("webhook secrets", () => {
  const secrets = [
    { secret: "whsec_new", until: null },
    { secret: "whsec_old", until: new Date("2026-11-25T12:00:00Z") },
  ];

  test("open for their row, under the data key that it has", () => {
    const key = sealSecret(7, secret);
    const sealed = sealWebhookSecrets(7, key, secrets);
    expect(openWebhookSecrets(7, key, sealed)).toEqual(secrets);
    expect(Buffer.from(sealed).toString("latin1")).not.toContain("whsec");
    expect(openSecret(7, key)).toBe(secret);
  });

  test("stay shut for another row, under another key, and in the secret's place", () => {
    const key = sealSecret(7, secret, "whsec_new");
    const sealed = key.webhookCiphertext!;
    expect(() => openWebhookSecrets(8, key, sealed)).toThrow();
    expect(() => openWebhookSecrets(7, sealSecret(7, secret), sealed)).toThrow();
    expect(() => openWebhookSecrets(7, key, key.secretCiphertext)).toThrow();
    expect(() => openSecret(7, { ...key, secretCiphertext: sealed })).toThrow();
  });
});
