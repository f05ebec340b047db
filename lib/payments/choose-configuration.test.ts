import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { flutterwaveStandIn } from "../../sandbox/flutterwave/flutterwave-stand-in.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import { db, inTransaction } from "../db/client.ts";
import { insertConfiguration } from "../db/configurations.ts";
import { sealSecret } from "../gateways/secret-box.ts";
import { aDummyConfiguration, anOrder, aViewer } from "../testing/builders.ts";
import { chooseConfigurations, takes } from "./choose-configuration.ts";
import { createIntent } from "./create-intent.ts";

describe("an account takes an order", () => {
  const anywhere = { gateway: "flutterwave", currencies: [], countries: [] };
  const order = { currency: "USD", amountMinor: 15_000n, country: null };
  test.each([
    ["without lists, whatever its gateway takes", anywhere, order, true],
    [
      "not in a currency that its gateway does not take",
      anywhere,
      { ...order, currency: "SEK" },
      false,
    ],
    ["not below the gateway's minimum", anywhere, { ...order, amountMinor: 0n }, false],
    ["of a currency in its list", { ...anywhere, currencies: ["NGN", "USD"] }, order, true],
    ["not of a currency beside its list", { ...anywhere, currencies: ["NGN"] }, order, false],
    [
      "of a country in its list",
      { ...anywhere, countries: ["NG"] },
      { ...order, country: "NG" },
      true,
    ],
    [
      "not of a country beside its list",
      { ...anywhere, countries: ["NG"] },
      { ...order, country: "DE" },
      false,
    ],
    ["that says no country", { ...anywhere, countries: ["NG"] }, order, true],
    ["not where the gateway has no adapter", { ...anywhere, gateway: "acme" }, order, false],
  ])("%s", (_name, configuration, asked, expected) => {
    expect(takes(configuration, asked)).toBe(expected);
  });
});

describe("with several accounts", () => {
  let standIn: TestStandIn;
  beforeAll(async () => {
    standIn = await TestStandIn.start(flutterwaveStandIn);
  });
  afterAll(() => standIn.stop());
  beforeEach(async () => {
    await db().paymentConfiguration.updateMany({ data: { isActive: false } });
  });

  const anAccount = (data: { priority: number; secretKey?: string; countries?: string[] }) =>
    inTransaction(async (tx) => {
      const { merchantId, publicKey, secretKey } = standIn.account();
      const row = await insertConfiguration(
        tx,
        { gateway: "flutterwave", merchantId, publicKey, currency: "USD" },
        (id) => sealSecret(id, data.secretKey ?? secretKey),
      );
      const { priority, countries = [] } = data;
      await tx.paymentConfiguration.update({
        where: { id: row.id },
        data: { priority, countries },
      });
      return row.id;
    });

  test("the smaller priority goes first, then the older account", async () => {
    const [late, first, second] = [
      await anAccount({ priority: 50 }),
      await anAccount({ priority: 5 }),
      await anAccount({ priority: 5 }),
    ];
    const order = { currency: "USD", amountMinor: 100n, country: null };
    const chosen = await chooseConfigurations(order, "flutterwave");
    expect(chosen.map(({ id }) => id)).toEqual([first, second, late]);
  });

  test("an account whose keys are refused gives way to the next one of the same gateway", async () => {
    const bad = await anAccount({ priority: 1, secretKey: "FLWSECK_TEST-none-X" });
    const good = await anAccount({ priority: 2 });
    const shopper = await aViewer();
    const { id } = await anOrder(shopper);
    const intent = await createIntent(shopper, { orderId: id, gateway: "flutterwave" });
    expect(intent.transaction.configurationId).toBe(good);
    const tried = await db().transaction.findMany({ where: { orderId: id } });
    expect(tried.map(({ configurationId, status }) => [configurationId, status])).toEqual([
      [good, "pending"],
    ]);
    // What is prepared stays with its account.
    await db().paymentConfiguration.update({ where: { id: bad }, data: { priority: 0 } });
    const again = await createIntent(shopper, { orderId: id, gateway: "flutterwave" });
    expect(again).toMatchObject({ created: false, transaction: { configurationId: good } });
  });

  test("no gateway named: the first that takes the order, and none is said in a sentence", async () => {
    await anAccount({ priority: 1 });
    const dummy = await aDummyConfiguration();
    await db().paymentConfiguration.update({ where: { id: dummy }, data: { priority: 9 } });
    const shopper = await aViewer();
    const { id } = await anOrder(shopper);
    expect((await createIntent(shopper, { orderId: id })).transaction.gateway).toBe("flutterwave");
    const inKronor = await anOrder(shopper, { currency: "SEK" });
    expect((await createIntent(shopper, { orderId: inKronor.id })).transaction.gateway).toBe(
      "dummy",
    );
    await db().paymentConfiguration.updateMany({ data: { isActive: false } });
    const { id: nowhere } = await anOrder(shopper);
    await expect(createIntent(shopper, { orderId: nowhere })).rejects.toMatchObject({
      code: "gateway_not_configured",
      message: "No way to pay takes this order.",
    });
  });

  test("a test key in live mode stops the call", async () => {
    const id = await anAccount({ priority: 1 });
    await db().paymentConfiguration.update({ where: { id }, data: { mode: "live" } });
    const shopper = await aViewer();
    const order = await anOrder(shopper);
    await expect(
      createIntent(shopper, { orderId: order.id, gateway: "flutterwave" }),
    ).rejects.toMatchObject({ code: "gateway_not_configured" });
  });
});
