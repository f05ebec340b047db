import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import type { Viewer } from "../domain/actor.ts";
import { anIntent, aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { getTransaction } from "./get-transaction.ts";
import { refundTransaction } from "./refund-transaction.ts";

describe("refunds never exceed the capture", () => {
  test("of 50 refunds of 10.00 at once on 150.00, exactly 15 succeed", async () => {
    const admin = await aViewer("admin");
    const { transactionId } = await aProcessedTransaction(await aViewer());
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        refundTransaction(admin, { transactionId, amount: "10.00" }),
      ),
    );
    const made = results.filter((result) => result.status === "fulfilled");
    const refused = results.filter((result) => result.status === "rejected");
    expect(made).toHaveLength(15);
    for (const result of refused)
      expect(result.reason).toMatchObject({ code: "amount_exceeds_refundable" });
    expect(await getTransaction(admin, transactionId)).toMatchObject({
      status: "refunded",
      refundedMinor: 15000n,
      refundPendingMinor: 0n,
      refundableMinor: 0n,
    });
  });

  test("of 50 full refunds at once, one succeeds and the gateway sees one", async () => {
    const admin = await aViewer("admin");
    const transaction = await aProcessedTransaction(await aViewer());
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        refundTransaction(admin, { transactionId: transaction.transactionId }),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const chargeReference = transaction.gatewayTransactionId ?? "";
    expect(await db().dummyRefund.count({ where: { chargeReference, state: "succeeded" } })).toBe(
      1,
    );
  });

  test("two genuine equal refunds are two", async () => {
    const admin = await aViewer("admin");
    const { transactionId } = await aProcessedTransaction(await aViewer());
    const first = await refundTransaction(admin, {
      transactionId,
      amount: "20.00",
      reason: "Dented",
    });
    const second = await refundTransaction(admin, {
      transactionId,
      amount: "20.00",
      reason: "Dented",
    });
    expect(first.refundId).not.toBe(second.refundId);
    expect(await getTransaction(admin, transactionId)).toMatchObject({
      status: "partially_refunded",
      refundedMinor: 4000n,
      refundableMinor: 11000n,
    });
  });

  test.each(["150.01", "99999.00"])("%s of 150.00 is refused", async (amount) => {
    const admin = await aViewer("admin");
    const { transactionId } = await aProcessedTransaction(await aViewer());
    await expect(refundTransaction(admin, { transactionId, amount })).rejects.toMatchObject({
      code: "amount_exceeds_refundable",
    });
  });
});

test("a refund the gateway refuses gives its reservation back", async () => {
  const admin = await aViewer("admin");
  const transaction = await aProcessedTransaction(await aViewer());
  // The gateway's own books say that the money went back already.
  const where = { reference: transaction.gatewayTransactionId ?? "" };
  await db().dummyCharge.update({ where, data: { refundedMinor: 15000n } });
  const refund = await refundTransaction(admin, { transactionId: transaction.transactionId });
  await db().dummyCharge.update({ where, data: { refundedMinor: 0n } });
  expect(refund.status).toBe("failed");
  expect(await getTransaction(admin, transaction.transactionId)).toMatchObject({
    status: "success",
    refundPendingMinor: 0n,
    refundableMinor: 15000n,
  });
});

test("a payment that took no money is not refundable", async () => {
  const { transactionId } = await anIntent(await aViewer());
  await expect(refundTransaction(await aViewer("admin"), { transactionId })).rejects.toMatchObject({
    code: "not_refundable",
  });
});

test("who may not refund is told so of what they may see, and nothing of the rest", async () => {
  const shopper = await aViewer();
  const { transactionId } = await aProcessedTransaction(shopper);
  const refusal = async (viewer: Viewer): Promise<unknown> =>
    refundTransaction(viewer, { transactionId }).catch((error: unknown) => error);
  expect(await refusal(await aViewer("support"))).toMatchObject({ code: "forbidden" });
  expect(await refusal(shopper)).toMatchObject({ code: "forbidden" });
  expect(await refusal(await aViewer())).toMatchObject({ code: "not_found" });
});

test("the same request repeated after a crash finds the refund it made", async () => {
  const admin = await aViewer("admin");
  const { transactionId } = await aProcessedTransaction(await aViewer());
  const idempotencyKeyId = crypto.randomUUID();
  const first = await refundTransaction(admin, {
    transactionId,
    amount: "10.00",
    idempotencyKeyId,
  });
  const second = await refundTransaction(admin, {
    transactionId,
    amount: "10.00",
    idempotencyKeyId,
  });
  expect(second.refundId).toBe(first.refundId);
});
