import { randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { db, inTransaction } from "../db/client.ts";
import { getConfiguration, insertConfiguration } from "../db/configurations.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { log } from "../observability/log.ts";
import { aViewer } from "../testing/builders.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";

const aSecret = () => `whsec_${randomBytes(32).toString("base64")}`;
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

async function aConfiguration(webhookSecret?: string) {
  return inTransaction((tx) =>
    insertConfiguration(
      tx,
      { gateway: "stripe", merchantId: "m", publicKey: "pk_test_p", currency: "USD" },
      (id) => sealSecret(id, "sk_test_s", webhookSecret),
    ),
  );
}
const secretsAt = async (id: number, now: Date) =>
  gatewayAccount(await getConfiguration(id), now).webhookSecrets;

test("a new webhook secret is good at once; the one before stays good for 24 hours", async () => {
  const admin = await aViewer("admin");
  const [first, second, third] = [aSecret(), aSecret(), aSecret()];
  const { id } = await aConfiguration(first);
  expect(await secretsAt(id, hours(1_000))).toEqual([first]);
  await rotateWebhookSecret(admin, { configurationId: id, secret: second });
  expect(await secretsAt(id, hours(23.9))).toEqual([second, first]);
  expect(await secretsAt(id, hours(24.1))).toEqual([second]);
  await rotateWebhookSecret(admin, { configurationId: id, secret: third });
  expect(await secretsAt(id, hours(1))).toEqual([third, second, first]);
  // Repeated, it takes nothing away.
  await rotateWebhookSecret(admin, { configurationId: id, secret: third });
  expect(await secretsAt(id, hours(1))).toEqual([third, second, first]);
});

test("a configuration that had none gets its first", async () => {
  const { id } = await aConfiguration();
  expect(await secretsAt(id, new Date())).toEqual([]);
  const secret = aSecret();
  await rotateWebhookSecret(await aViewer("admin"), { configurationId: id, secret });
  expect(await secretsAt(id, new Date())).toEqual([secret]);
});

test("two rotations at once keep each other's secret", async () => {
  const { id } = await aConfiguration(aSecret());
  const admin = await aViewer("admin");
  await Promise.all(
    [aSecret(), aSecret()].map((secret) =>
      rotateWebhookSecret(admin, { configurationId: id, secret }),
    ),
  );
  expect(await secretsAt(id, new Date())).toHaveLength(3);
});

test("only an admin rotates; the audit tells it and no secret", async () => {
  const { id } = await aConfiguration(aSecret());
  const command = { configurationId: id, secret: aSecret() };
  for (const role of ["customer", "support"] as const) {
    await expect(rotateWebhookSecret(await aViewer(role), command)).rejects.toMatchObject({
      code: "forbidden",
    });
  }
  const admin = await aViewer("admin");
  await rotateWebhookSecret(admin, command);
  const [told, ...more] = await db().auditEvent.findMany({
    where: { entity: "configuration", entityId: String(id) },
  });
  expect(more).toEqual([]);
  expect(told).toMatchObject({ action: "webhook_secret_rotated", actor: String(admin.userId) });
  expect(JSON.stringify(told?.after)).not.toContain("whsec");
});

test("a secret that is too short, and a configuration that is not there, are refused", async () => {
  const admin = await aViewer("admin");
  const { id } = await aConfiguration();
  await expect(
    rotateWebhookSecret(admin, { configurationId: id, secret: "short" }),
  ).rejects.toMatchObject({ code: "invalid_request" });
  await expect(
    rotateWebhookSecret(admin, { configurationId: 99_999, secret: aSecret() }),
  ).rejects.toMatchObject({ code: "not_found" });
});

test("webhook secrets of another row, or a secret in their place, close the endpoint and stop no payment", async () => {
  vi.spyOn(log, "error").mockImplementation(() => undefined);
  const [mine, other] = [await aConfiguration(aSecret()), await aConfiguration(aSecret())];
  for (const webhookCiphertext of [other.webhookCiphertext, mine.secretCiphertext]) {
    const account = gatewayAccount({ ...mine, webhookCiphertext });
    expect(account).toMatchObject({ secretKey: "sk_test_s", webhookSecrets: [] });
  }
  const swapped = { ...mine, secretCiphertext: mine.webhookCiphertext };
  expect(() => gatewayAccount(swapped)).toThrow(/cannot be used right now/);
  expect(log.error).toHaveBeenCalledTimes(3);
});
