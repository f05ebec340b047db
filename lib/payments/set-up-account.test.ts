import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { getConfiguration } from "../db/configurations.ts";
import type { Viewer } from "../domain/actor.ts";
import { credentialsOf } from "../../sandbox/credentials.ts";
import { flutterwaveStandIn } from "../../sandbox/flutterwave/flutterwave-stand-in.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import { withSettings } from "../testing/api.ts";
import { anIntent, aViewer } from "../testing/builders.ts";
import { findActiveProblems } from "./check-configurations.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
import { createAccount, updateAccount, type NewAccount } from "./set-up-account.ts";
import { switchOffAccount } from "./switch-off-account.ts";
import { verifyAccount } from "./verify-account.ts";
import { getAccount, listAccounts } from "./view-account.ts";

let admin: Viewer;
let support: Viewer;
beforeAll(async () => {
  [admin, support] = [await aViewer("admin"), await aViewer("support")];
});

const { publicKey, secretKey } = credentialsOf("stripe");
const stripe: NewAccount = { gateway: "stripe", publicKey, secretKey, label: "Main" };
const liveKeys = { publicKey: "pk_live_abcdefghijklmnop", secretKey: "sk_live_abcdefghijklmnop" };

describe("setting up an account", () => {
  test("is an admin's alone; support looks, shoppers do not", async () => {
    for (const viewer of [support, await aViewer()]) {
      await expect(createAccount(viewer, stripe)).rejects.toMatchObject({ code: "forbidden" });
      await expect(updateAccount(viewer, 1, {})).rejects.toMatchObject({ code: "forbidden" });
      await expect(verifyAccount(viewer, 1)).rejects.toMatchObject({ code: "forbidden" });
    }
    const { id } = await createAccount(admin, stripe);
    expect((await listAccounts(support)).map((account) => account.id)).toContain(id);
    await expect(listAccounts(await aViewer())).rejects.toMatchObject({ code: "forbidden" });
    await expect(getAccount(await aViewer(), id)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("seals the secret key: what staff see and what the audit holds is four characters at most", async () => {
    const account = await createAccount(admin, { ...stripe, isActive: true });
    expect(account).toMatchObject({
      isActive: true,
      mode: "test",
      secretKey: { state: "kept", last4: secretKey.slice(-4) },
      webhookSecrets: 0,
      webhookUrl: "http://localhost:8000/api/payment/webhooks/stripe/",
    });
    expect(gatewayAccount(await getConfiguration(account.id)).secretKey).toBe(secretKey);
    await updateAccount(admin, account.id, { secretKey: `${secretKey}0`, label: "Other" });
    expect(gatewayAccount(await getConfiguration(account.id)).secretKey).toBe(`${secretKey}0`);
    const { history } = await getAccount(support, account.id);
    expect(history.map(({ action }) => action)).toEqual([
      "secret_key_changed",
      "changed",
      "created",
    ]);
    expect(history[1]).toMatchObject({
      who: admin.email,
      before: { label: "Main" },
      after: { label: "Other" },
    });
    expect(JSON.stringify([account, history])).not.toContain(secretKey);
  });

  const refused: [name: string, change: Partial<NewAccount>, field: string][] = [
    ["a live key in test mode", liveKeys, "secret_key"],
    ["a test key in live mode", { mode: "live" }, "secret_key"],
    ["keys of two modes", { secretKey: liveKeys.secretKey }, "secret_key"],
    ["no secret key, active", { secretKey: undefined, isActive: true }, "is_active"],
    ["a currency that is none", { currencies: ["USD", "XXX"] }, "currencies"],
    ["a home currency that is none", { currency: "ABC" }, "currency"],
    ["a country that is none", { countries: ["DE", "XX"] }, "countries"],
    ["live money through the dummy gateway", { gateway: "dummy", mode: "live" }, "mode"],
    [
      "a currency that the gateway does not take",
      { gateway: "flutterwave", currencies: ["SEK"] },
      "currencies",
    ],
    [
      "a hold where there is none",
      { gateway: "flutterwave", captureMethod: "manual" },
      "capture_method",
    ],
  ];
  test.each(refused)("refuses %s, and keeps nothing", async (_name, change, field) => {
    const before = await db().paymentConfiguration.count();
    const asked = createAccount(admin, { ...stripe, ...change });
    await expect(asked).rejects.toMatchObject({
      code: "invalid_request",
      fields: { [field]: [expect.any(String)] },
    });
    expect(await db().paymentConfiguration.count()).toBe(before);
  });

  test("takes live keys in live mode", async () => {
    const account = await createAccount(admin, { ...stripe, ...liveKeys, mode: "live" });
    expect(account).toMatchObject({ mode: "live", isActive: false });
  });

  test("has no dummy gateway in production", async () => {
    await withSettings({ isDemo: false }, async () => {
      await expect(createAccount(admin, { gateway: "dummy" })).rejects.toMatchObject({
        fields: { gateway: [expect.any(String)] },
      });
    });
  });
});

describe("changing an account", () => {
  test("leaves what is not named; a new secret key keeps the webhook secrets", async () => {
    const { id } = await createAccount(admin, { ...stripe, priority: 7, countries: ["DE", "DE"] });
    await rotateWebhookSecret(admin, { configurationId: id, secret: "whsec_0123456789abcdef" });
    const after = await updateAccount(admin, id, { secretKey: `${secretKey}1` });
    expect(after).toMatchObject({ priority: 7, countries: ["DE"], webhookSecrets: 1 });
    expect(gatewayAccount(await getConfiguration(id)).webhookSecrets).toEqual([
      "whsec_0123456789abcdef",
    ]);
  });

  test("refuses another mode for the keys that are there", async () => {
    const { id } = await createAccount(admin, stripe);
    await expect(updateAccount(admin, id, { mode: "live" })).rejects.toMatchObject({
      fields: { mode: [expect.stringContaining("mode")] },
    });
  });

  test("refuses another merchant once a payment was begun with it", async () => {
    const { configurationId } = await anIntent(await aViewer());
    await expect(
      updateAccount(admin, configurationId, { merchantId: "another" }),
    ).rejects.toMatchObject({ fields: { merchant_id: [expect.any(String)] } });
    await updateAccount(admin, configurationId, { label: "Demo" });
  });

  test("what is bad can always be switched off, and is not switched on again", async () => {
    const { id } = await createAccount(admin, { ...stripe, isActive: true });
    await db().paymentConfiguration.update({ where: { id }, data: { mode: "live" } });
    await expect(updateAccount(admin, id, { label: "x" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    expect(await updateAccount(admin, id, { isActive: false })).toMatchObject({ isActive: false });
    await expect(updateAccount(admin, id, { isActive: true })).rejects.toMatchObject({
      fields: { is_active: [expect.stringContaining("mode")] },
    });
    const { history } = await getAccount(admin, id);
    expect(history[0]).toMatchObject({ action: "deactivated" });
  });
});

describe("verifying an account", () => {
  test("says in words what is wrong without asking, and after asking; staff see the last check", async () => {
    const { id } = await createAccount(admin, { gateway: "stripe" });
    const missing = await verifyAccount(admin, id);
    expect(missing).toMatchObject({ ok: false, problem: "The secret key is missing." });
    expect(missing.warnings).toHaveLength(2);
    const standIn = await TestStandIn.start(flutterwaveStandIn);
    try {
      const { merchantId, ...keys } = standIn.account();
      const good = { publicKey: keys.publicKey, secretKey: keys.secretKey, merchantId };
      const account = await createAccount(admin, { gateway: "flutterwave", ...good });
      expect(await verifyAccount(admin, account.id)).toMatchObject({ ok: true, problem: null });
      await updateAccount(admin, account.id, { secretKey: "FLWSECK_TEST-none-X" });
      const refused = "Flutterwave refuses this secret key.";
      expect(await verifyAccount(admin, account.id)).toMatchObject({ ok: false, problem: refused });
      const listed = (await listAccounts(support)).find(({ id: one }) => one === account.id);
      expect(listed?.lastCheck).toMatchObject({ problem: refused });
    } finally {
      await standIn.stop();
    }
  });

  test("a key of another master key is told as one, and stops nobody from entering it again", async () => {
    const { id } = await createAccount(admin, stripe);
    await db().paymentConfiguration.update({ where: { id }, data: { masterKeyVersion: "other" } });
    expect((await verifyAccount(admin, id)).problem).toContain("does not open");
    expect((await updateAccount(admin, id, { secretKey })).secretKey.state).toBe("kept");
  });
});

describe("production starts", () => {
  test("only without the dummy gateway and with keys that fit; each is said, with the way out", async () => {
    await db().paymentConfiguration.updateMany({ data: { isActive: false } });
    const dummy = await createAccount(admin, {
      gateway: "dummy",
      secretKey: "d".repeat(20),
      isActive: true,
    });
    const bad = await createAccount(admin, { ...stripe, isActive: true });
    await createAccount(admin, { ...stripe, isActive: true, label: "Sound" });
    await db().paymentConfiguration.update({ where: { id: bad.id }, data: { mode: "live" } });
    expect(await findActiveProblems()).toEqual([]);
    await withSettings({ isDemo: false }, async () => {
      expect(await findActiveProblems()).toEqual([
        `payment configuration ${dummy.id} (dummy): The dummy gateway is active and takes no money for goods. Switch it off with: npm run gateways -- deactivate ${dummy.id}`,
        `payment configuration ${bad.id} (stripe, "Main"): These are keys of test mode, and the account is in live mode. Switch it off with: npm run gateways -- deactivate ${bad.id}`,
      ]);
      const command = { kind: "system", name: "command" } as const;
      for (const { id } of [dummy, bad]) expect(await switchOffAccount(command, id)).toBe(true);
      expect(await switchOffAccount(command, dummy.id)).toBe(false);
      expect(await findActiveProblems()).toEqual([]);
    });
  });
});
