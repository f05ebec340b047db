// What every gateway's adapter promises to the payment flow, tried on each alike. An adapter's own test
// calls `gatewayContract` with a harness; what differs between gateways is in its facts and capabilities.
import { testWhere } from "./contract-harness.ts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Harness, Payment } from "./contract-harness.ts";
import { holds, holdTroubles, refunds, refundTroubles } from "./contract-moves.ts";
import { amountMinor, Shop } from "./contract-shop.ts";
import { accounts, currencies, lists, translations, webhooks } from "./contract-told.ts";

// A call that hangs is given up by the adapter after less than ten seconds.
const hangingMs = 60_000;

/** Runs the contract on one gateway. */
export function gatewayContract(name: string, harness: Harness): void {
  const shop = new Shop(harness);
  describe(`the contract, kept by ${name}`, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());
    afterEach(() => harness.clearFaults());
    describe("a payment", () => payments(shop));
    describe("a charge that goes wrong", () => troubles(shop));
    describe("a refund", () => refunds(shop));
    describe("a refund that goes wrong", () => refundTroubles(shop));
    if (harness.gateway.holds) {
      describe("a hold", () => holds(shop));
      describe("a capture that goes wrong", () => holdTroubles(shop));
    }
    if (harness.gateway.webhooks) {
      describe("a webhook", () => webhooks(shop));
      describe("an event", () => translations(shop));
    }
    if (harness.gateway.listCharges) describe("the list", () => lists(shop));
    describe("currencies", () => currencies(shop));
    describe("an account", () => accounts(shop));
  });
}

function payments(shop: Shop): void {
  const { harness } = shop;
  const { currency } = harness.facts;

  test("takes what was asked for, and is found as it was told", async () => {
    const { payment, outcome } = await shop.paid();
    expect(outcome).toMatchObject({ kind: "succeeded", amountMinor, currency });
    expect(await shop.lookup(payment)).toEqual(outcome);
    expect(await harness.booked(payment.merchantReference)).toMatchObject({
      charges: 1,
      capturedMinor: amountMinor,
      refundedMinor: 0n,
    });
  });

  test("that the bank refuses is declined with our reason, in a sentence of ours", async () => {
    const payment = await shop.prepared();
    const input = await harness.decline(payment);
    const outcome = await shop.charge({ ...payment, payment: input });
    expect(outcome).toMatchObject({ kind: "declined", reason: harness.facts.declineReason });
    expect(outcome.kind === "declined" && outcome.message).toMatch(/^The .*\.$/);
    expect((await harness.booked(payment.merchantReference)).charges).toBe(0);
  });

  test("that the shopper has to confirm takes nothing before, and succeeds after", async () => {
    const prepared = await shop.prepared();
    const payment = { ...prepared, payment: await harness.unconfirmed(prepared) };
    const asked = await shop.charge(payment);
    if (asked.kind !== "action_required") throw new Error(asked.kind);
    expect((await harness.booked(payment.merchantReference)).charges).toBe(0);
    const waiting = await shop.lookup(payment, { awaitsShopper: true });
    expect(waiting.kind).toBe("action_required");
    await harness.confirm(payment, asked);
    const outcome = await shop.lookup(payment, { awaitsShopper: true });
    expect(outcome).toMatchObject({ kind: "succeeded", amountMinor, currency });
    expect((await harness.booked(payment.merchantReference)).charges).toBe(1);
  });

  test("sent again with its key, one after the other and at once, is one charge", async () => {
    const { payment, outcome } = await shop.paid();
    expect(await shop.charge(payment)).toEqual(outcome);
    const other = await shop.approved();
    const answers = await Promise.all([1, 2, 3].map(() => shop.charge(other)));
    for (const { kind } of answers) expect(["succeeded", "pending", "unknown"]).toContain(kind);
    for (const { merchantReference } of [payment, other]) {
      expect(await harness.booked(merchantReference)).toMatchObject({
        charges: 1,
        capturedMinor: amountMinor,
      });
    }
  });

  test("that is given up takes no money later; one that was paid is not given up", async () => {
    const prepared = await shop.prepared();
    const payment = { ...prepared, payment: await harness.unconfirmed(prepared) };
    const asked = await shop.charge(payment);
    if (asked.kind !== "action_required") throw new Error(asked.kind);
    expect(await shop.cancel(payment)).toMatchObject({ kind: "declined", reason: "cancelled" });
    // The shopper may go on in another window.
    await harness.confirm(payment, asked).catch(() => undefined);
    const booked = await harness.booked(payment.merchantReference);
    if (harness.facts.chargeMovesMoney) expect(booked.capturedMinor).toBe(0n);
    const paid = await shop.paid();
    expect((await shop.cancel(paid.payment)).kind).toBe("succeeded");
  });
}

function troubles(shop: Shop): void {
  const { harness } = shop;
  const { facts } = harness;
  if (facts.chargeMovesMoney) chargeTroubles(shop);
  else {
    test(
      "is looked for where the shopper paid, whatever our own calls came to",
      async () => {
        const payment = await shop.approved();
        await harness.fault("outage");
        expect(["unknown", "not_sent"]).toContain((await shop.charge(payment)).kind);
        await harness.clearFaults();
        expect(await shop.lookup(payment)).toMatchObject({ kind: "succeeded", amountMinor });
      },
      hangingMs,
    );
  }

  testWhere(facts.isRemote)("never left: nothing is sent where nobody answers", async () => {
    const payment = await shop.approved();
    const nowhere = { ...harness.account(), apiUrl: "http://127.0.0.1:1" };
    const { kind } = await shop.charge(payment, nowhere);
    expect(facts.chargeMovesMoney ? ["not_sent"] : ["not_sent", "unknown"]).toContain(kind);
    const fresh = { ...payment, intentReference: null };
    const prepared = await shop.heard(harness.gateway.prepare(nowhere, fresh));
    expect(prepared.kind).toBe("unreachable");
    const asked = await shop.heard(harness.gateway.lookupCharge(nowhere, payment));
    expect(["unknown", "not_sent"]).toContain(asked.kind);
  });
}

/** A charge of which we know nothing comes to one end when somebody asks. */
async function settles(shop: Shop, payment: Payment, isDone: boolean): Promise<void> {
  const { harness } = shop;
  await harness.clearFaults();
  const found = await shop.lookup(payment);
  if (isDone || harness.facts.afterLostCharge === "carried_on") {
    expect(found).toMatchObject({ kind: "succeeded", amountMinor });
    expect(await shop.lookup(payment)).toEqual(found);
    expect((await harness.booked(payment.merchantReference)).charges).toBe(1);
    return;
  }
  expect(found).toEqual({ kind: "absent" });
  // The lost request comes in after all, late.
  expect((await shop.charge(payment)).kind).not.toBe("succeeded");
  expect((await harness.booked(payment.merchantReference)).charges).toBe(0);
}

function chargeTroubles(shop: Shop): void {
  const { harness } = shop;

  test.each([
    // Some clients send once more by themselves where a connection breaks.
    { mode: "reset", times: 2, isDone: true },
    { mode: "charge_then_500", times: 1, isDone: true },
    { mode: "garbage", times: 1, isDone: true },
    { mode: "500", times: 1, isDone: false },
  ])("by $mode is unknown, and comes to one end", async ({ mode, times, isDone }) => {
    const payment = await shop.approved();
    await harness.fault(mode, times);
    expect((await shop.charge(payment)).kind).toBe("unknown");
    await settles(shop, payment, isDone);
  });

  test(
    "without an answer is unknown, whether it took the money or not, and found once",
    async () => {
      const taken = await shop.approved();
      const lost = await shop.approved();
      await harness.fault("charge_then_hang");
      const first = shop.charge(taken);
      await expect
        .poll(async () => (await harness.booked(taken.merchantReference)).charges)
        .toBe(1);
      await harness.fault("hang");
      const answers = await Promise.all([first, shop.charge(lost)]);
      expect(answers.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
      await settles(shop, taken, true);
      await settles(shop, lost, false);
    },
    hangingMs,
  );

  test("turned away as one too many was not sent, and may be sent again", async () => {
    const payment = await shop.approved();
    await harness.fault("429", 3);
    expect((await shop.charge(payment)).kind).toBe("not_sent");
    expect((await harness.booked(payment.merchantReference)).charges).toBe(0);
    await harness.clearFaults();
    expect((await shop.charge(payment)).kind).toBe("succeeded");
  });

  test("of another amount is told as the gateway says it, or doubted: never as ours", async () => {
    const payment = await shop.approved();
    await harness.fault("wrong_amount");
    const outcome = await shop.charge(payment);
    if (outcome.kind === "succeeded") expect(outcome.amountMinor).not.toBe(amountMinor);
    else expect(outcome.kind).toBe("unknown");
    expect((await harness.booked(payment.merchantReference)).capturedMinor).toBe(amountMinor);
  });
}
