import { expect, test } from "vitest";
import { db } from "#lib/db/client";
import { findConfigurationsOf } from "#lib/db/configurations";
import { gatewayAccount } from "#lib/payments/gateway-account";
import { withSettings } from "#lib/testing/api";
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
  await db().paymentConfiguration.updateMany({ data: { webhookCiphertext: null } });
  const before = await db().order.count();
  await seed();
  const secrets = await webhookSecrets();
  expect(secrets).toHaveLength(1);
  expect(await account()).toMatchObject({ webhookSecret: secrets[0] });
  expect(await db().order.count()).toBe(before);
  expect(await findConfigurationsOf("dummy")).toHaveLength(1);
});
