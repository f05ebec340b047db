import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../../db/client.ts";
import { expireHold } from "../../db/dummy-holds.ts";
import { moveDispute, openDispute } from "../../db/dummy-disputes.ts";
import { bookRefund, endRefund } from "../../db/dummy-refunds.ts";
import { signatureHeaders } from "../../outbox/sign-message.ts";
import type { GatewayAccount } from "../gateway.ts";
import { completeChallenge } from "./challenge.ts";
import { dummyGateway } from "./dummy-gateway.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const aSecret = () => `whsec_${randomBytes(32).toString("base64")}`;
const account: GatewayAccount = {
  configurationId: 1,
  mode: "test",
  apiUrl: "",
  merchantId: "dummy_merchant",
  publicKey: "",
  secretKey: "",
  webhookSecrets: [],
};

describe("a signature", () => {
  const secret = aSecret();
  const now = new Date("2026-11-24T12:00:00Z");
  const text = '{"id":"evt_1","type":"x","data":{}}';
  const body = Buffer.from(text);
  const signed = (over: Record<string, string> = {}, at = now) =>
    new Headers({ ...signatureHeaders({ id: "evt_1", body: text, at }, secret), ...over });
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

  test("holds for the very bytes, id and time, within 300 seconds either way", () => {
    const held = { eventId: "evt_1" };
    expect(verifyWebhook({ headers: signed(), body }, secret, now)).toEqual(held);
    expect(verifyWebhook({ headers: signed(), body }, secret, later(300))).toEqual(held);
    expect(verifyWebhook({ headers: signed(), body }, secret, later(-300))).toEqual(held);
    expect(verifyWebhook({ headers: signed(), body }, secret, later(301))).toBeNull();
    expect(verifyWebhook({ headers: signed(), body }, secret, later(-301))).toBeNull();
  });

  test("may be one of several", () => {
    const own = signed().get("webhook-signature")!;
    const headers = signed({ "webhook-signature": `v1a,xyz v1,AAAA ${own}` });
    expect(verifyWebhook({ headers, body }, secret, now)).not.toBeNull();
  });

  test("of a known vector of Standard Webhooks holds", () => {
    const headers = new Headers({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
    const verified = verifyWebhook(
      { headers, body: Buffer.from('{"test": 2432232314}') },
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      new Date(1_614_265_330_000),
    );
    expect(verified).toEqual({ eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek" });
  });

  test.each<[string, Record<string, string>]>([
    ["no signature", { "webhook-signature": "" }],
    ["another version", { "webhook-signature": "v2,AAAA" }],
    ["nonsense", { "webhook-signature": ",,,, v1 v1, v1,%%%" }],
    ["a short one", { "webhook-signature": "v1,AAAA" }],
    ["another id", { "webhook-id": "evt_2" }],
    ["no id", { "webhook-id": "" }],
    ["another time", { "webhook-timestamp": String(now.getTime() / 1_000 + 1) }],
    ["an unreadable time", { "webhook-timestamp": "soon" }],
    ["a time with a sign", { "webhook-timestamp": `+${now.getTime() / 1_000}` }],
  ])("does not hold with %s", (_name, over) => {
    expect(verifyWebhook({ headers: signed(over), body }, secret, now)).toBeNull();
  });

  test("does not hold for a secret that is none", () => {
    for (const none of ["", "whsec_", "whsec_AAAA", "plain text of some length here"]) {
      const headers = new Headers(signatureHeaders({ id: "evt_1", body: text, at: now }, none));
      expect(verifyWebhook({ headers, body }, none, now)).toBeNull();
    }
  });
});

describe("every change of the book is told", () => {
  beforeAll(async () => {
    await db().dummyAccount.create({
      data: { merchantId: "dummy_merchant", webhookUrl: "http://x/", webhookSecret: "whsec_x" },
    });
  });

  const aPayment = async (captureMethod: "automatic" | "manual", number?: string) => {
    const merchantReference = `TXN-${randomBytes(6).toString("hex").toUpperCase()}`;
    const request = {
      gatewayKey: randomUUID(),
      merchantReference,
      amountMinor: 15000n,
      currency: "USD",
      captureMethod,
      returnUrl: "/",
      payment: {
        card: number ? { number, summary: { brand: "visa", last4: number.slice(-4) } } : null,
        fields: {},
      },
      intentReference: null,
      awaitsShopper: false,
      openedAt: new Date(),
    };
    const outcome = await dummyGateway.charge(account, request);
    const reference = "reference" in outcome ? (outcome.reference ?? "") : "";
    return { merchantReference, reference, request };
  };

  /** What the merchant is told of a payment, oldest first. */
  const toldOf = async (merchantReference: string) => {
    const events = await db().dummyEvent.findMany({
      where: {
        OR: [
          { payload: { path: ["data", "merchant_reference"], equals: merchantReference } },
          { payload: { path: ["data", "charge_merchant_reference"], equals: merchantReference } },
        ],
      },
      orderBy: { id: "asc" },
    });
    return events.map((event) => {
      expect(event.payload).toMatchObject({ id: event.eventId, type: event.type });
      return translateWebhook(Buffer.from(JSON.stringify(event.payload)));
    });
  };

  test("a payment: as it ended, with its card and amount", async () => {
    const paid = await aPayment("automatic", "4242424242424242");
    expect(await toldOf(paid.merchantReference)).toEqual([
      {
        type: "charge.succeeded",
        event: {
          kind: "charge",
          merchantReference: paid.merchantReference,
          outcome: {
            kind: "succeeded",
            reference: paid.reference,
            amountMinor: 15000n,
            currency: "USD",
            card: { brand: "visa", last4: "4242" },
          },
        },
      },
    ]);
    // The same call again is no news.
    await dummyGateway.charge(account, paid.request);
    expect(await toldOf(paid.merchantReference)).toHaveLength(1);
    const declined = await aPayment("automatic", "4000000000009995");
    expect(await toldOf(declined.merchantReference)).toMatchObject([
      {
        type: "charge.failed",
        event: { outcome: { kind: "declined", reason: "insufficient_funds" } },
      },
    ]);
    const challenged = await aPayment("automatic", "4000000000003220");
    expect(await toldOf(challenged.merchantReference)).toEqual([]);
    await completeChallenge(challenged.reference, "fail");
    expect(await toldOf(challenged.merchantReference)).toMatchObject([
      { event: { outcome: { reason: "authentication_failed" } } },
    ]);
  });

  test("a hold: authorized, captured, released", async () => {
    const held = await aPayment("manual");
    const move = { ...held.request, chargeReference: held.reference, gatewayKey: randomUUID() };
    await dummyGateway.holds!.capture(account, { ...move, amountMinor: 4000n });
    await dummyGateway.holds!.void(account, { ...move, gatewayKey: randomUUID() });
    const told = await toldOf(held.merchantReference);
    expect(told.map(({ type }) => type)).toEqual([
      "charge.authorized",
      "capture.succeeded",
      "charge.voided",
    ]);
    expect(told[0]).toMatchObject({ event: { outcome: { kind: "authorized" } } });
    expect(told[1]?.event).toEqual({ kind: "ignored" });
    const expired = await aPayment("manual");
    await expireHold(expired.reference);
    await dummyGateway.lookupCharge(account, expired.request);
    await dummyGateway.lookupCharge(account, expired.request);
    expect((await toldOf(expired.merchantReference)).map(({ type }) => type)).toEqual([
      "charge.authorized",
      "charge.voided",
    ]);
  });

  test("refunds, those of the dashboard too, and one that fails later", async () => {
    const { reference, merchantReference } = await aPayment("automatic");
    const ask = {
      idempotencyKey: randomUUID(),
      merchantReference: "",
      chargeReference: reference,
      amountMinor: 1000n,
      pendingMs: null,
    };
    const refund = await bookRefund(ask);
    await endRefund(refund!.reference, "failed");
    await bookRefund({ ...ask, idempotencyKey: randomUUID(), amountMinor: 99999n });
    const told = (await toldOf(merchantReference)).slice(1);
    expect(told).toMatchObject([
      {
        type: "refund.succeeded",
        event: {
          kind: "refund",
          merchantReference: "",
          chargeReference: reference,
          outcome: { kind: "succeeded", reference: refund!.reference, amountMinor: 1000n },
        },
      },
      { type: "refund.failed", event: { outcome: { reason: "refund_failed" } } },
    ]);
  });

  test("a dispute, up to its end and no further", async () => {
    const { reference, merchantReference } = await aPayment("automatic");
    const ask = { chargeReference: reference, amountMinor: null, reason: "fraudulent" };
    const dispute = await openDispute(ask);
    await moveDispute(dispute!.reference, "under_review");
    await moveDispute(dispute!.reference, "lost");
    expect(await moveDispute(dispute!.reference, "won")).toBeNull();
    const told = (await toldOf(merchantReference)).slice(1);
    expect(told).toMatchObject([
      {
        type: "dispute.opened",
        event: {
          kind: "dispute",
          disputeReference: dispute!.reference,
          chargeReference: reference,
          status: "needs_response",
          reason: "fraudulent",
          amountMinor: 15000n,
          dueBy: dispute!.dueBy,
        },
      },
      { event: { status: "under_review" } },
      { event: { status: "lost" } },
    ]);
  });
});

describe("an event", () => {
  const read = (value: unknown) => translateWebhook(Buffer.from(JSON.stringify(value)));

  test("of a type that is not known is ignored, whatever else it says", () => {
    for (const type of ["payout.created", "charge.voided", "toString", "__proto__"]) {
      expect(read({ id: "evt_1", type, data: 7 })).toEqual({ type, event: { kind: "ignored" } });
    }
  });

  test.each<[string, unknown]>([
    ["no object", 7],
    ["no type", { id: "evt_1", data: {} }],
    ["no data", { id: "evt_1", type: "charge.succeeded" }],
    [
      "an amount that is a number",
      {
        type: "refund.failed",
        data: {
          reference: "r",
          merchant_reference: "",
          charge_reference: "c",
          amount_minor: 5,
          currency: "USD",
        },
      },
    ],
  ])("with %s throws", (_name, value) => {
    expect(() => read(value)).toThrow();
  });

  test("that is no UTF-8 or no JSON throws", () => {
    expect(() => translateWebhook(Buffer.from([0xff, 0xfe]))).toThrow();
    expect(() => translateWebhook(Buffer.from("{"))).toThrow();
  });
});
