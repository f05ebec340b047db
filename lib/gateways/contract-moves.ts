// The part of the gateways' contract about money that goes back, and money that is held.
import { testWhere } from "./contract-harness.ts";
import { expect, test } from "vitest";
import { amountMinor, newKey, type Paid, type Shop } from "./contract-shop.ts";
import type { CaptureRequest, LookupOutcome, Outcome } from "./gateway.ts";

/** Refunds, and what may not be refunded. */
export function refunds(shop: Shop): void {
  const { harness } = shop;

  testWhere(harness.gateway.capabilities.partialRefund)(
    "may be of a part, and another; more than is left is refused and moves nothing",
    async () => {
      const paid = await shop.paid();
      const { currency, merchantReference } = paid.payment;
      const parts = [shop.refundOf(paid, { amountMinor: 4_000n })];
      parts.push(shop.refundOf(paid, { amountMinor: 5_000n }));
      for (const part of parts) {
        const outcome = await shop.refund(part);
        expect(outcome).toMatchObject({
          kind: "succeeded",
          amountMinor: part.amountMinor,
          currency,
        });
        const refundReference = outcome.kind === "succeeded" ? outcome.reference : "";
        expect(await shop.lookupRefund(part)).toMatchObject({ reference: refundReference });
        expect(await shop.lookupRefund({ ...part, refundReference })).toMatchObject(outcome);
      }
      const tooMuch = shop.refundOf(paid, { amountMinor: 6_001n });
      expect(await shop.refund(tooMuch)).toMatchObject({
        kind: "declined",
        reason: "refund_refused",
      });
      expect((await harness.booked(merchantReference)).refundedMinor).toBe(9_000n);
      const rest = shop.refundOf(paid, { amountMinor: 6_000n });
      expect((await shop.refund(rest)).kind).toBe("succeeded");
      expect((await harness.booked(merchantReference)).refundedMinor).toBe(amountMinor);
    },
  );

  test("that was never sent is absent", async () => {
    const request = shop.refundOf(await shop.paid());
    expect(await shop.lookupRefund(request)).toEqual({ kind: "absent" });
  });

  testWhere(harness.facts.idempotentRefunds)(
    "sent again with its key, one after the other and at once, is one refund",
    async () => {
      const paid = await shop.paid();
      const request = shop.refundOf(paid, { amountMinor: 2_000n });
      await Promise.all([1, 2, 3].map(() => shop.sendRefund(request)));
      const ended = await shop.refund(request);
      expect(ended).toMatchObject({ kind: "succeeded", amountMinor: 2_000n });
      expect((await harness.booked(paid.payment.merchantReference)).refundedMinor).toBe(2_000n);
    },
  );
}

/** Refunds of which the answer is lost, late, or wrong. */
export function refundTroubles(shop: Shop): void {
  const { harness } = shop;

  test.each([
    { mode: "reset", times: 2, isDone: true },
    { mode: "charge_then_500", times: 1, isDone: true },
    { mode: "garbage", times: 1, isDone: true },
    { mode: "500", times: 1, isDone: false },
  ])("by $mode is unknown, and never made twice", async ({ mode, times, isDone }) => {
    // The two that a break makes are one only where there is a key.
    const sends = harness.facts.idempotentRefunds ? times : 1;
    const paid = await shop.paid();
    const request = shop.refundOf(paid, { amountMinor: 3_000n });
    await harness.fault(mode, sends);
    expect((await shop.sendRefund(request)).kind).toBe("unknown");
    await harness.clearFaults();
    const found = await shop.lookupRefund(request);
    if (!isDone) expect(found).toEqual({ kind: "absent" });
    const ended = isDone ? await shop.ended(request, found) : await shop.refund(request);
    expect(ended).toMatchObject({ kind: "succeeded", amountMinor: 3_000n });
    expect((await harness.booked(paid.payment.merchantReference)).refundedMinor).toBe(3_000n);
  });

  test("turned away as one too many was not sent", async () => {
    const paid = await shop.paid();
    await harness.fault("429", 3);
    expect((await shop.sendRefund(shop.refundOf(paid))).kind).toBe("not_sent");
    expect((await harness.booked(paid.payment.merchantReference)).refundedMinor).toBe(0n);
  });

  test("of another amount is told as the gateway says it, or doubted: never as ours", async () => {
    const paid = await shop.paid();
    const request = shop.refundOf(paid, { amountMinor: 3_000n });
    await harness.fault("wrong_amount");
    const outcome = await shop.sendRefund(request);
    if (outcome.kind === "succeeded") expect(outcome.amountMinor).not.toBe(3_000n);
    else expect(["unknown", "pending"]).toContain(outcome.kind);
  });

  testWhere(harness.facts.isRemote)("never left where nobody answers", async () => {
    const nowhere = { ...harness.account(), apiUrl: "http://127.0.0.1:1" };
    const request = shop.refundOf(await shop.paid());
    expect((await shop.sendRefund(request, nowhere)).kind).toBe("not_sent");
  });
}

/** The adapter's verbs about holds, with what they say kept. */
function moves(shop: Shop) {
  const { gateway } = shop.harness;
  const own = (): NonNullable<typeof gateway.holds> => {
    if (!gateway.holds) throw new Error("holds nothing");
    return gateway.holds;
  };
  return {
    move: (verb: "capture" | "void", request: CaptureRequest): Promise<Outcome> =>
      shop.heard(own()[verb](shop.harness.account(), request)),
    look: (request: CaptureRequest): Promise<LookupOutcome> =>
      shop.heard(own().lookup(shop.harness.account(), request)),
    held: (): Promise<Paid> => shop.paid({ captureMethod: "manual" }),
  };
}

/** Money that is held until it is captured or released. */
export function holds(shop: Shop): void {
  const { harness } = shop;
  const { partialCapture, multipleCaptures } = harness.gateway.capabilities;
  const { move, look, held } = moves(shop);

  test("takes nothing until it is captured, once, and can be refunded then", async () => {
    const hold = await held();
    const { merchantReference } = hold.payment;
    expect(hold.outcome).toMatchObject({ kind: "authorized", amountMinor });
    expect(await shop.lookup(hold.payment)).toMatchObject({ kind: "authorized", amountMinor });
    expect((await harness.booked(merchantReference)).capturedMinor).toBe(0n);
    const capture = shop.holdMove(hold);
    expect(await look(capture)).toEqual({ kind: "absent" });
    const captured = await move("capture", capture);
    expect(captured).toMatchObject({ kind: "succeeded", amountMinor });
    expect((await move("capture", capture)).kind).toBe("succeeded");
    expect(await look(capture)).toMatchObject({ kind: "succeeded", amountMinor });
    expect((await harness.booked(merchantReference)).capturedMinor).toBe(amountMinor);
    const named = captured.kind === "succeeded" ? captured.chargeReference : undefined;
    const over = named === undefined ? {} : { chargeReference: named };
    expect((await shop.refund(shop.refundOf(hold, over))).kind).toBe("succeeded");
  });

  test("released gives nothing afterwards", async () => {
    const hold = await held();
    const release = shop.holdMove(hold);
    expect((await move("void", release)).kind).toBe("succeeded");
    expect((await look({ ...release, move: "void" })).kind).toBe("succeeded");
    expect((await move("capture", shop.holdMove(hold))).kind).toBe("declined");
    expect((await harness.booked(hold.payment.merchantReference)).capturedMinor).toBe(0n);
  });

  test("gives no more than is held", async () => {
    const hold = await held();
    const tooMuch = shop.holdMove(hold, { amountMinor: amountMinor + 10_000n });
    expect(await move("capture", tooMuch)).toMatchObject({ reason: "capture_refused" });
    expect((await harness.booked(hold.payment.merchantReference)).capturedMinor).toBe(0n);
  });

  testWhere(partialCapture)("is captured in part", async () => {
    const hold = await held();
    const part = shop.holdMove(hold, { amountMinor: 4_000n });
    expect(await move("capture", part)).toMatchObject({ kind: "succeeded", amountMinor: 4_000n });
    const { merchantReference } = hold.payment;
    expect((await harness.booked(merchantReference)).capturedMinor).toBe(4_000n);
    const more = await move("capture", { ...part, gatewayKey: newKey() });
    expect(more.kind).toBe(multipleCaptures ? "succeeded" : "declined");
  });
}

/** Captures of which the answer is lost. */
export function holdTroubles(shop: Shop): void {
  const { harness } = shop;
  const { move, look, held } = moves(shop);

  test.each([
    { mode: "charge_then_500", isDone: true },
    { mode: "500", isDone: false },
  ])("by $mode is unknown, and captured once", async ({ mode, isDone }) => {
    const hold = await held();
    const capture = shop.holdMove(hold);
    await harness.fault(mode);
    expect((await move("capture", capture)).kind).toBe("unknown");
    const found = await look(capture);
    if (isDone) expect(found).toMatchObject({ kind: "succeeded", amountMinor });
    else {
      expect(found).toEqual({ kind: "absent" });
      expect((await move("capture", capture)).kind).toBe("succeeded");
    }
    const { merchantReference } = hold.payment;
    expect((await harness.booked(merchantReference)).capturedMinor).toBe(amountMinor);
  });
}
