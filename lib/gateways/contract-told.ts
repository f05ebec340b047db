// The part of the gateways' contract about what a gateway tells: webhooks, its list, its currencies, and
// that no secret is told on.
import { testWhere } from "./contract-harness.ts";
import { expect, test } from "vitest";
import { currencyExponent, isCurrency } from "../domain/money.ts";
import {
  amountProblem,
  fromGatewayDecimal,
  fromGatewayMinor,
  toGatewayDecimal,
  toGatewayMinor,
} from "./amounts.ts";
import type { Delivery, Harness } from "./contract-harness.ts";
import { amountMinor, type Shop } from "./contract-shop.ts";
import type { ListedCharge, VerifiedWebhook } from "./gateway.ts";

// Numbers that the harnesses pay with.
const testCards = ["4242424242424242", "4000000000000002", "5531886652142950"];

/** A verification with one thing changed. */
type Changed = { headers?: Headers; body?: Uint8Array; secret?: string; now?: Date };

async function verified(
  harness: Harness,
  delivery: Delivery,
  { headers = delivery.headers, body = delivery.body, secret, now = new Date() }: Changed = {},
): Promise<VerifiedWebhook | null> {
  const account = harness.account();
  const key = { account, secret: secret ?? account.webhookSecrets[0] ?? "" };
  return (await harness.gateway.webhooks?.verify({ headers, body }, key, now)) ?? null;
}

async function aDelivery(shop: Shop): Promise<Delivery> {
  await shop.harness.deliveries();
  await shop.paid();
  const [delivery] = await shop.harness.deliveries();
  if (!delivery) throw new Error("the gateway told nothing of a payment");
  return delivery;
}

function otherSecret(secret: string): string {
  const last = secret.endsWith("A") ? "B" : "A";
  const at = secret.length - 8;
  return secret.slice(0, at) + last.repeat(4) + secret.slice(at + 4);
}

/** Signatures and repetitions. */
export function webhooks(shop: Shop): void {
  const { harness } = shop;
  const { signatureHeaders, signsTime } = harness.facts;

  test("is believed by its signature alone, and never throws", async () => {
    const delivery = await aDelivery(shop);
    expect(await verified(harness, delivery)).not.toBeNull();
    const tampered = Uint8Array.from(delivery.body);
    const at = Math.floor(tampered.length / 2);
    tampered[at] = (tampered[at] ?? 0) ^ 1;
    expect(await verified(harness, delivery, { body: tampered })).toBeNull();
    const [secret = ""] = harness.account().webhookSecrets;
    expect(await verified(harness, delivery, { secret: otherSecret(secret) })).toBeNull();
    expect(await verified(harness, delivery, { secret: "" })).toBeNull();
    for (const name of signatureHeaders) {
      const headers = new Headers(delivery.headers);
      headers.delete(name);
      expect(await verified(harness, delivery, { headers })).toBeNull();
    }
    expect(await verified(harness, delivery, { headers: new Headers() })).toBeNull();
  });

  testWhere(signsTime)("is not believed an hour later", async () => {
    const delivery = await aDelivery(shop);
    const now = new Date(Date.now() + 3_600_000);
    expect(await verified(harness, delivery, { now })).toBeNull();
  });

  test("that comes again has the same id, and another has another", async () => {
    const delivery = await aDelivery(shop);
    const held = await verified(harness, delivery);
    expect(held?.eventId).toMatch(/^.{1,255}$/);
    expect(await verified(harness, await harness.redeliver(delivery))).toEqual(held);
    expect(await verified(harness, await aDelivery(shop))).not.toEqual(held);
  });
}

/** What webhooks are translated to. */
export function translations(shop: Shop): void {
  const { harness } = shop;

  test("about a charge, a refund or a dispute names it by our references", async () => {
    await harness.deliveries();
    const paid = await shop.paid();
    const { payment, outcome } = paid;
    const request = shop.refundOf(paid, { amountMinor: 2_000n });
    expect((await shop.refund(request)).kind).toBe("succeeded");
    await harness.openDispute(payment, outcome.reference);
    const told = await shop.told();
    const { merchantReference } = payment;
    expect(told).toContainEqual({
      kind: "charge",
      merchantReference,
      outcome: expect.objectContaining(
        harness.facts.tellsByHint ? { kind: "unknown" } : { kind: "succeeded", amountMinor },
      ),
    });
    expect(told).toContainEqual({
      kind: "refund",
      merchantReference: request.merchantReference,
      chargeReference: outcome.reference,
      outcome: expect.anything(),
    });
    expect(told).toContainEqual(
      expect.objectContaining({
        kind: "dispute",
        chargeReference: outcome.reference,
        status: "needs_response",
        currency: payment.currency,
      }),
    );
    for (const event of told) {
      if (event.kind === "charge") expect(event.merchantReference).toBe(merchantReference);
    }
  });

  test("that cannot be read throws where it is translated", () => {
    const { webhooks: own } = harness.gateway;
    for (const text of ["", "{", "7", "[]", "null"]) {
      expect(() => own?.translate(new TextEncoder().encode(text))).toThrow();
    }
  });
}

/** The gateway's own list, by which our books are checked. */
export function lists(shop: Shop): void {
  const { harness } = shop;

  test("has each charge once, with its refunds, oldest first", async () => {
    const from = new Date(Date.now() - 3_600_000);
    const first = await shop.paid();
    const request = shop.refundOf(first, { amountMinor: 2_000n });
    await shop.refund(request);
    const second = await shop.paid();
    const listed: ListedCharge[] = [];
    const range = { from, until: new Date(Date.now() + 86_400_000) };
    const pages = harness.gateway.listCharges?.(harness.account(), range) ?? [];
    for await (const page of pages) listed.push(...page);
    const references = listed.map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
    const times = listed.map(({ createdAt }) => createdAt.getTime());
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    const find = ({ payment }: typeof first): ListedCharge | undefined =>
      listed.find(({ merchantReference }) => merchantReference === payment.merchantReference);
    expect(find(first)).toMatchObject({
      reference: first.outcome.reference,
      status: "succeeded",
      amountMinor,
      capturedMinor: amountMinor,
      refundedMinor: 2_000n,
      currency: first.payment.currency,
      refunds: [
        {
          merchantReference: request.merchantReference,
          status: "succeeded",
          amountMinor: 2_000n,
        },
      ],
    });
    expect(find(second)).toMatchObject({ status: "succeeded", refundedMinor: 0n, refunds: [] });
  });
}

/** The table of currencies, and amounts as they go over the wire. */
export function currencies(shop: Shop): void {
  const { capabilities } = shop.harness.gateway;
  const table = Object.entries(capabilities.currencies ?? {});

  test("convert to the gateway's decimals and back, and too little is refused", () => {
    for (const [currency, rule] of table) {
      expect(isCurrency(currency)).toBe(true);
      expect(amountProblem(capabilities, rule.minimumMinor, currency)).toBeNull();
      expect(amountProblem(capabilities, rule.minimumMinor - 1n, currency)).not.toBeNull();
      const whole = 10n ** BigInt(currencyExponent(currency));
      for (const amount of [rule.minimumMinor, 7n * whole, 12_345n * whole]) {
        const minor = toGatewayMinor(amount, currency, rule);
        const decimal = toGatewayDecimal(amount, currency, rule);
        if (minor === null || decimal === null) throw new Error(`${currency} ${amount}`);
        expect(fromGatewayMinor(minor, currency, rule)).toBe(amount);
        expect(fromGatewayDecimal(decimal, currency)).toBe(amount);
      }
    }
    if (table.length > 0) expect(amountProblem(capabilities, 10_000n, "XXX")).not.toBeNull();
  });

  // One of each number of decimals.
  const samples = [...new Map(table.map(([code, rule]) => [rule.exponent, code])).entries()];
  test.each(samples.map(([exponent, code]) => ({ exponent, code })))(
    "with $exponent decimals, such as $code, are paid to the last digit",
    async ({ exponent, code }) => {
      // Stripe wants a zero as the last of three decimals.
      const full = (123_456n * 10n ** BigInt(currencyExponent(code))) / 100n;
      // Some have fewer decimals at the gateway than in ISO 4217.
      const least = 10n ** BigInt(Math.max(currencyExponent(code) - exponent, 0));
      const amount = (full / least) * least;
      const { outcome } = await shop.paid({ currency: code, amountMinor: amount });
      expect(outcome).toMatchObject({ amountMinor: amount, currency: code });
    },
  );
}

/** An account's keys. The last of the suite: it looks through all that was said. */
export function accounts(shop: Shop): void {
  const { harness } = shop;
  const { gateway, facts } = harness;

  test("is good with its keys, and told from one whose keys are refused", async () => {
    const account = harness.account();
    expect(gateway.keyProblem(account)).toBeNull();
    expect(await shop.heard(gateway.checkAccount(account))).toEqual({ ok: true });
    if (!facts.isRemote) return;
    const wrong = { ...account, secretKey: otherSecret(account.secretKey) };
    expect(await shop.heard(gateway.checkAccount(wrong))).toMatchObject({ ok: false });
    const payment = await shop.approved();
    if (facts.chargeMovesMoney) expect((await shop.charge(payment, wrong)).kind).toBe("not_sent");
    const paid = await shop.paid();
    const refused = await shop.sendRefund(shop.refundOf(paid), wrong);
    expect(refused).toMatchObject({ kind: "not_sent", detail: "keys refused" });
  });

  test("keeps its secrets: none is in an outcome, an error or the log", () => {
    const { secretKey, webhookSecrets } = harness.account();
    for (const secret of [secretKey, ...webhookSecrets]) {
      if (secret !== "") expect(shop.said).not.toContain(secret);
    }
    for (const number of testCards) expect(shop.said).not.toContain(number);
  });
}
