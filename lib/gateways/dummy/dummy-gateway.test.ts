import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { addDummyFault, clearDummyFaults } from "../../db/dummy-calls.ts";
import { db } from "../../db/client.ts";
import { endRefund } from "../../db/dummy-refunds.ts";
import { expireHold } from "../../db/dummy-holds.ts";
import type { GatewayAccount, ListedCharge, LookupOutcome, LookupRequest } from "../gateway.ts";
import { completeChallenge } from "./challenge.ts";
import { dummyGateway } from "./dummy-gateway.ts";

const account: GatewayAccount = {
  configurationId: 1,
  mode: "test",
  apiUrl: "",
  merchantId: "dummy_merchant",
  publicKey: "",
  secretKey: "",
  webhookSecrets: [],
};
const holds = dummyGateway.holds!;

function aRequest(over: Partial<LookupRequest> = {}): LookupRequest {
  return {
    gatewayKey: `tb-${randomUUID()}`,
    merchantReference: `TXN-${randomBytes(6).toString("hex").toUpperCase()}`,
    amountMinor: 15000n,
    currency: "USD",
    captureMethod: "automatic",
    returnUrl: "/back",
    intentReference: null,
    awaitsShopper: false,
    openedAt: new Date(),
    payment: { card: null, fields: {} },
    ...over,
  };
}

/** A charge that took or holds its money. */
async function aCharge(over: Partial<LookupRequest> = {}) {
  const request = aRequest(over);
  const outcome = await dummyGateway.charge(account, request);
  if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") throw new Error(outcome.kind);
  const { reference } = outcome;
  const about = (amountMinor = 15000n, gatewayKey = `tb-${randomUUID()}`) => ({
    gatewayKey,
    merchantReference: request.merchantReference,
    chargeReference: reference,
    intentReference: null,
    refundReference: null,
    amountMinor,
    currency: "USD",
  });
  return { request, reference, outcome, about };
}
const aHold = () => aCharge({ captureMethod: "manual" });
const bookOf = (reference: string) => db().dummyCharge.findUniqueOrThrow({ where: { reference } });

beforeEach(clearDummyFaults);

describe("a hold", () => {
  test("takes no money until it is captured, and reads as authorized however much of it was", async () => {
    const { request, reference, outcome, about } = await aHold();
    expect(outcome).toMatchObject({ kind: "authorized", amountMinor: 15000n });
    expect(await bookOf(reference)).toMatchObject({ state: "authorized", capturedMinor: 0n });
    const expiry = "expiresAt" in outcome ? outcome.expiresAt!.getTime() - Date.now() : 0;
    expect(expiry / 86_400_000).toBeCloseTo(7, 2);

    expect(await holds.capture(account, about(4000n))).toMatchObject({
      kind: "succeeded",
      amountMinor: 4000n,
    });
    const held = { kind: "authorized", amountMinor: 15000n, reference };
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject(held);
    expect(await holds.capture(account, about(11000n))).toMatchObject({ kind: "succeeded" });
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject(held);
    expect(await bookOf(reference)).toMatchObject({ state: "succeeded", capturedMinor: 15000n });
  });

  test("a capture repeated with its key is one capture; more than is held is refused for good", async () => {
    const { reference, about } = await aHold();
    const capture = about(9000n);
    const answers = await Promise.all([1, 2, 3].map(() => holds.capture(account, capture)));
    expect(new Set(answers.map((answer) => "reference" in answer && answer.reference)).size).toBe(
      1,
    );
    const tooMuch = about(6001n);
    const refused = { kind: "declined", reason: "capture_refused" };
    expect(await holds.capture(account, tooMuch)).toMatchObject(refused);
    expect(await holds.lookup(account, tooMuch)).toMatchObject(refused);
    expect(await bookOf(reference)).toMatchObject({ capturedMinor: 9000n });
    expect(await holds.lookup(account, capture)).toMatchObject({ kind: "succeeded" });
    expect(await holds.lookup(account, about())).toEqual({ kind: "absent" });
  });

  test("20 captures at once never take more than is held", async () => {
    const { reference, about } = await aHold();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => holds.capture(account, about(1000n))),
    );
    expect(answers.filter(({ kind }) => kind === "succeeded")).toHaveLength(15);
    expect(await bookOf(reference)).toMatchObject({ capturedMinor: 15000n });
  });

  test("a void releases all that is left, once; then nothing can be captured", async () => {
    const { request, reference, about } = await aHold();
    const release = about(15000n);
    expect(await holds.void(account, release)).toMatchObject({ kind: "succeeded" });
    expect(await holds.void(account, release)).toMatchObject({ kind: "succeeded" });
    expect(await holds.capture(account, about(1n))).toMatchObject({ reason: "voided" });
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject({ reason: "voided" });
    expect(await bookOf(reference)).toMatchObject({ state: "voided", voidedMinor: 15000n });

    const other = await aHold();
    await holds.capture(account, other.about(5000n));
    // The gateway tells how much it released, whatever the caller thought.
    expect(await holds.void(account, other.about(15000n))).toMatchObject({ amountMinor: 10000n });
    expect(await dummyGateway.lookupCharge(account, other.request)).toMatchObject({
      kind: "authorized",
    });
  });

  test("that has run out gives nothing, whatever is asked of it", async () => {
    const { request, reference, about } = await aHold();
    expect(await expireHold(reference)).toBe(true);
    const expired = { kind: "declined", reason: "authorization_expired" };
    expect(await holds.capture(account, about(1n))).toMatchObject(expired);
    expect(await holds.void(account, about())).toMatchObject(expired);
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject(expired);
    expect(await bookOf(reference)).toMatchObject({ capturedMinor: 0n, voidedMinor: 15000n });
  });

  test("3-D Secure ends in a hold where a hold was asked for", async () => {
    const card = { number: "4000000000003220", summary: { brand: "visa", last4: "3220" } };
    const request = aRequest({ captureMethod: "manual", payment: { card, fields: {} } });
    const asked = await dummyGateway.charge(account, request);
    if (asked.kind !== "action_required") throw new Error(asked.kind);
    expect((await completeChallenge(asked.reference!, "approve")).state).toBe("approved");
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject({ kind: "authorized" });
    expect(await bookOf(asked.reference!)).toMatchObject({ capturedMinor: 0n });
  });
});

describe("refunds", () => {
  const refund = dummyGateway.refund.bind(dummyGateway);

  test("never exceed what was captured, pending ones counted", async () => {
    const { about } = await aHold();
    expect(await refund(account, about(1n))).toMatchObject({ reason: "refund_refused" });
    await holds.capture(account, about(5000n));
    expect(await refund(account, about(5001n))).toMatchObject({ reason: "refund_refused" });
    await addDummyFault({ mode: "late_success", times: 1, delayMs: 60_000 });
    expect(await refund(account, about(3000n))).toMatchObject({ kind: "pending" });
    expect(await refund(account, about(2001n))).toMatchObject({ reason: "refund_refused" });
    expect(await refund(account, about(2000n))).toMatchObject({ kind: "succeeded" });
  });

  test("one that fails after it succeeded says so, and its amount can be refunded again", async () => {
    const { reference, about } = await aCharge();
    const request = about();
    const done = await refund(account, request);
    await endRefund("reference" in done ? done.reference! : "", "failed");
    expect(await dummyGateway.lookupRefund(account, request)).toMatchObject({
      kind: "declined",
      reason: "refund_failed",
    });
    expect(await bookOf(reference)).toMatchObject({ refundedMinor: 0n });
    expect(await refund(account, about())).toMatchObject({ kind: "succeeded" });
  });
});

describe("told to misbehave", () => {
  const answerOf = async (mode: string, delayMs = 0) => {
    await addDummyFault({ mode, times: 1, delayMs });
    const request = aRequest();
    const call = dummyGateway.charge(account, request);
    const outcome = await Promise.race([call, sleep(400, { kind: "no answer" } as const)]);
    const charges = await db().dummyCharge.count({
      where: { idempotencyKey: request.gatewayKey },
    });
    const calls = await db().dummyCall.findMany({ where: { idempotencyKey: request.gatewayKey } });
    return { request, outcome, charges, calls };
  };

  test.each([
    ["charge_then_hang", "no answer", 1],
    ["hang", "no answer", 0],
    ["charge_then_500", "unknown", 1],
    ["500", "unknown", 0],
    ["429", "not_sent", 0],
    ["reset", "unknown", 1],
    ["garbage", "unknown", 1],
    ["slow_body", "succeeded", 1],
    ["wrong_amount", "succeeded", 1],
    ["late_success", "pending", 1],
    ["outage", "no answer", 0],
  ])("%s: the caller hears %s and the book has %i charge", async (mode, kind, booked) => {
    const { request, outcome, charges, calls } = await answerOf(
      mode,
      mode === "slow_body" ? 50 : 0,
    );
    expect(outcome.kind).toBe(kind);
    expect(charges).toBe(booked);
    expect(calls).toMatchObject([{ verb: "charge", fault: mode }]);
    expect(calls[0]?.answeredAt === null).toBe(kind === "no answer");
    await clearDummyFaults();
    const found = await dummyGateway.lookupCharge(account, request);
    if (mode === "late_success") return expect(found.kind).toBe("pending");
    expect(found).toMatchObject(
      booked ? { kind: "succeeded", amountMinor: 15000n } : { kind: "absent" },
    );
  });

  test("a late success is found when its time has come, and held money stays held", async () => {
    await addDummyFault({ mode: "late_success", times: 2, delayMs: 30 });
    const request = aRequest({ captureMethod: "manual" });
    const { reference } = (await dummyGateway.charge(account, request)) as { reference: string };
    await sleep(60);
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject({ kind: "authorized" });
    const capture = {
      ...request,
      gatewayKey: randomUUID(),
      chargeReference: reference,
      amountMinor: 100n,
    };
    expect(await holds.capture(account, capture)).toMatchObject({ kind: "pending" });
    await sleep(60);
    expect(await holds.lookup(account, capture)).toMatchObject({ kind: "succeeded" });
    expect(await bookOf(reference)).toMatchObject({ state: "authorized", capturedMinor: 100n });
  });

  test("each fault goes wrong as often as it was told, however many calls come at once", async () => {
    await addDummyFault({ mode: "429", times: 7, delayMs: 0 });
    await addDummyFault({ mode: "500", times: 5, delayMs: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => dummyGateway.charge(account, aRequest())),
    );
    const count = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind).length;
    expect([count("not_sent"), count("unknown"), count("succeeded")]).toEqual([7, 5, 8]);
  });

  test("questions are answered truly whatever moves of money go wrong, but not in an outage", async () => {
    const { request } = await aCharge();
    await addDummyFault({ mode: "hang", times: 1_000, delayMs: 0 });
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject({ kind: "succeeded" });
    await addDummyFault({ mode: "outage", times: 1, delayMs: 0 });
    const silent = () =>
      Promise.race([dummyGateway.lookupCharge(account, request), sleep(150, "silence")]);
    expect([await silent(), await silent()]).toEqual(["silence", "silence"]);
    await clearDummyFaults();
    expect(await dummyGateway.lookupCharge(account, request)).toMatchObject({ kind: "succeeded" });
  });

  test("1,000 payments that hang after the charge are all found at once when it is over", async () => {
    await addDummyFault({ mode: "charge_then_hang", times: 1_000, delayMs: 0 });
    const requests = Array.from({ length: 1_000 }, () => aRequest());
    const arrived = () =>
      db().dummyCharge.count({
        where: { idempotencyKey: { in: requests.map(({ gatewayKey }) => gatewayKey) } },
      });
    // Not all at once: the pool of connections is the shop's, and it turns away who waits too long.
    for (let started = 0; started < requests.length; started += 50) {
      for (const request of requests.slice(started, started + 50)) {
        void dummyGateway.charge(account, request);
      }
      await expect.poll(arrived, { timeout: 20_000, interval: 20 }).toBe(started + 50);
    }
    await addDummyFault({ mode: "outage", times: 1, delayMs: 0 });
    for (const request of requests.slice(0, 100)) {
      void dummyGateway.lookupCharge(account, request);
    }
    await sleep(300);
    await clearDummyFaults();
    const startedAt = performance.now();
    const found: LookupOutcome[] = [];
    for (let asked = 0; asked < requests.length; asked += 50) {
      const some = requests.slice(asked, asked + 50);
      const answers = some.map((request) => dummyGateway.lookupCharge(account, request));
      found.push(...(await Promise.all(answers)));
    }
    expect(found.every(({ kind }) => kind === "succeeded")).toBe(true);
    // Far from the minute that a call hangs.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  }, 120_000);
});

describe("the list", () => {
  test("has every charge of the time once, oldest first, with what became of it", async () => {
    const from = new Date();
    const first = await aCharge();
    await dummyGateway.refund(account, { ...first.about(2000n), merchantReference: "REF-1" });
    const held = await aHold();
    const part = await aHold();
    await holds.capture(account, part.about(300n));
    const rows = Array.from({ length: 205 }, (_, index) => ({
      reference: `dch_list_${String(index).padStart(3, "0")}`,
      idempotencyKey: `list-${index}`,
      merchantReference: `list-${index}`,
      state: "declined",
      amountMinor: 1n,
      currency: "USD",
      // The same time for all: pages must not split or repeat it.
      createdAt: new Date(),
    }));
    await db().dummyCharge.createMany({ data: rows });
    const pages: (readonly ListedCharge[])[] = [];
    const until = new Date(Date.now() + 60_000);
    for await (const page of dummyGateway.listCharges!(account, { from, until })) pages.push(page);
    expect(pages.map((page) => page.length)).toEqual([100, 100, 8]);
    const listed = pages.flat();
    expect(new Set(listed.map(({ reference }) => reference)).size).toBe(208);
    expect(listed.slice(0, 3)).toMatchObject([
      {
        reference: first.reference,
        status: "succeeded",
        capturedMinor: 15000n,
        refundedMinor: 2000n,
        refunds: [{ merchantReference: "REF-1", status: "succeeded", amountMinor: 2000n }],
      },
      { reference: held.reference, status: "authorized", capturedMinor: 0n, refunds: [] },
      { reference: part.reference, status: "succeeded", capturedMinor: 300n },
    ]);
    expect(listed[3]).toMatchObject({ status: "other", merchantReference: "list-0" });
  });
});
