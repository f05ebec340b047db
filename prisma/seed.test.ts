import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { db } from "#lib/db/client";
import { findAllConfigurations, findConfigurationsOf } from "#lib/db/configurations";
import { gatewayAccount } from "#lib/payments/gateway-account";
import { withSettings } from "#lib/testing/api";
import { credentialsOf } from "../sandbox/credentials.ts";
import { standIns } from "../sandbox/stand-ins.ts";
import { seed } from "./seed.ts";

async function webhookSecrets(): Promise<readonly string[]> {
  const [row] = await findConfigurationsOf("dummy");
  return gatewayAccount(row!).webhookSecrets;
}
const account = () =>
  db().dummyAccount.findUniqueOrThrow({ where: { merchantId: "dummy_merchant" } });

test("the shop and the dummy gateway share one webhook secret, made once; the address follows the shop", async () => {
  await seed();
  const [secret, ...others] = await webhookSecrets();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(others).toEqual([]);
  expect(await account()).toEqual({
    merchantId: "dummy_merchant",
    webhookUrl: "http://localhost:8000/api/payment/webhooks/dummy/",
    webhookSecret: secret,
    clockOffsetS: 0,
  });
  await db().dummyAccount.updateMany({ data: { clockOffsetS: 60 } });
  await withSettings({ PUBLIC_URL: "http://localhost:8123" }, seed);
  expect(await webhookSecrets()).toEqual([secret]);
  expect(await account()).toMatchObject({
    webhookUrl: "http://localhost:8123/api/payment/webhooks/dummy/",
    webhookSecret: secret,
    clockOffsetS: 60,
  });
});

test("data of before webhooks gets a secret, and keeps everything else", async () => {
  await seed();
  await db().dummyAccount.deleteMany();
  await db().paymentConfiguration.updateMany({
    where: { gateway: "dummy" },
    data: { webhookCiphertext: null },
  });
  const before = await db().order.count();
  await seed();
  const secrets = await webhookSecrets();
  expect(secrets).toHaveLength(1);
  expect(await account()).toMatchObject({ webhookSecret: secrets[0] });
  expect(await db().order.count()).toBe(before);
  expect(await findConfigurationsOf("dummy")).toHaveLength(1);
});

const active = async () =>
  (await findAllConfigurations())
    .filter(({ isActive }) => isActive)
    .map(({ gateway, priority, mode }) => [gateway, priority, mode]);
const allFive = [
  ["dummy", 10, "test"],
  ["stripe", 20, "test"],
  ["paypal", 30, "test"],
  ["razorpay", 40, "test"],
  ["flutterwave", 50, "test"],
];

test("each gateway of the sandbox has an account whose keys and webhook secret are the sandbox's", async () => {
  await seed();
  await seed();
  expect(await active()).toEqual(allFive);
  for (const { gateway } of standIns) {
    const [row, ...more] = await findConfigurationsOf(gateway);
    expect(more).toEqual([]);
    const { publicKey, secretKey, webhookSecret } = credentialsOf(gateway);
    const known = { publicKey, secretKey, webhookSecrets: [webhookSecret] };
    expect(gatewayAccount(row!)).toMatchObject(known);
  }
});

test("another MASTER_KEY gives accounts with keys that open, and those of before are off", async () => {
  await seed();
  const MASTER_KEY = randomBytes(36).toString("base64");
  await withSettings({ MASTER_KEY }, async () => {
    await seed();
    expect(await active()).toEqual(allFive);
    const rows = await findConfigurationsOf("stripe");
    expect(rows.map(({ isActive }) => isActive)).toEqual([false, true]);
    expect(gatewayAccount(rows[1]!).secretKey).toBe(credentialsOf("stripe").secretKey);
  });
});
