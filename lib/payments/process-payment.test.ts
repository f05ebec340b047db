import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { completeChallenge } from "../gateways/dummy/challenge.ts";
import {
  aDummyConfiguration,
  anIntent,
  anOrder,
  aProcessedTransaction,
  aViewer,
  cards,
} from "../testing/builders.ts";
import { createIntent } from "./create-intent.ts";
import { getTransaction } from "./get-transaction.ts";
import { processPayment, type ProcessResult } from "./process-payment.ts";

async function chargesOf(transactionId: string): Promise<number> {
  return db().dummyCharge.count({
    where: { merchantReference: transactionId, state: "succeeded" },
  });
}

function tally(results: PromiseSettledResult<ProcessResult>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const name =
      result.status === "fulfilled"
        ? result.value.kind
        : String((result.reason as { code?: string }).code);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("a payment is charged once", () => {
  test("by a card that works, and calling again says the same", async () => {
    const shopper = await aViewer();
    const { transactionId } = await anIntent(shopper);
    const first = await processPayment(shopper, { transactionId });
    const second = await processPayment(shopper, { transactionId });
    expect([first.kind, second.kind]).toEqual(["success", "success"]);
    expect(first.transaction).toMatchObject({
      status: "success",
      capturedMinor: 15000n,
      refundableMinor: 15000n,
    });
    expect(await chargesOf(transactionId)).toBe(1);
  });

  test("by 50 calls at once", async () => {
    const shopper = await aViewer();
    const { transactionId } = await anIntent(shopper);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => processPayment(shopper, { transactionId })),
    );
    const counts = tally(results);
    expect(
      Object.keys(counts).filter((kind) => kind !== "success" && kind !== "processing"),
    ).toEqual([]);
    expect(counts.success).toBeGreaterThanOrEqual(1);
    expect(await chargesOf(transactionId)).toBe(1);
  });

  test("for an order with two intents in two gateways' hands, one pays", async () => {
    const shopper = await aViewer();
    const order = await anOrder(shopper);
    const first = await anIntent(shopper, order);
    // A second gateway's intent, as far as this order can tell.
    const row = await db().transaction.findUniqueOrThrow({ where: { id: first.id } });
    const { id: _id, metadata: _metadata, ...copy } = row;
    const second = await db().transaction.create({
      data: {
        ...copy,
        transactionId: `TXN-${first.transactionId.slice(4).split("").reverse().join("")}`,
        gateway: "other",
      },
    });
    await db().transaction.update({ where: { id: second.id }, data: { gateway: "other" } });
    await processPayment(shopper, { transactionId: first.transactionId });
    await expect(
      db().transaction.update({ where: { id: second.id }, data: { status: "processing" } }),
    ).rejects.toThrow(/transactions_one_in_flight_or_paid|Unique constraint/);
  });
});

test.each([
  [cards.declined, "card_declined"],
  [cards.insufficientFunds, "insufficient_funds"],
  [cards.expired, "expired_card"],
])("card %s is declined with its reason, and a new intent can pay", async (card, code) => {
  const shopper = await aViewer();
  const order = await anOrder(shopper);
  const intent = await anIntent(shopper, order);
  const result = await processPayment(shopper, {
    transactionId: intent.transactionId,
    paymentData: { card_number: card },
  });
  expect(result).toMatchObject({ kind: "declined", code });
  await expect(
    processPayment(shopper, { transactionId: intent.transactionId }),
  ).rejects.toMatchObject({
    code: "invalid_transition",
  });
  const again = await anIntent(shopper, order);
  expect(again.transactionId).not.toBe(intent.transactionId);
  expect((await processPayment(shopper, { transactionId: again.transactionId })).kind).toBe(
    "success",
  );
});

describe("an unknown outcome", () => {
  test("is processing, and the read after it finds the charge", async () => {
    const shopper = await aViewer();
    const transaction = await aProcessedTransaction(shopper, cards.chargedThenBroken);
    expect(transaction.status).toBe("processing");
    const read = await getTransaction(shopper, transaction.transactionId);
    expect(read).toMatchObject({ status: "success", capturedMinor: 15000n });
    expect(await chargesOf(transaction.transactionId)).toBe(1);
  });

  test("keeps the order from being paid by another attempt meanwhile", async () => {
    const shopper = await aViewer();
    const transaction = await aProcessedTransaction(shopper, cards.chargedThenBroken);
    const again = await createIntent(shopper, { orderId: transaction.orderId, gateway: "dummy" });
    expect(again.created).toBe(false);
    expect(again.transaction.transactionId).toBe(transaction.transactionId);
  });
});

describe("3-D Secure", () => {
  test.each([
    ["approve", "success"],
    ["fail", "failed"],
  ] as const)("%s at the bank ends as %s, told by the next read", async (answer, status) => {
    const shopper = await aViewer();
    const transaction = await aProcessedTransaction(shopper, cards.threeDSecure);
    expect(transaction.status).toBe("requires_action");
    const action = transaction.nextAction;
    const reference = action && "url" in action ? (action.url.split("/").at(-1) ?? "") : "";
    const unchanged = await processPayment(shopper, { transactionId: transaction.transactionId });
    expect(unchanged.kind).toBe("requires_action");
    await completeChallenge(reference, answer);
    // A second answer is too late.
    await completeChallenge(reference, answer === "approve" ? "fail" : "approve");
    await db().operation.updateMany({
      data: { lastCheckedAt: null },
      where: { transactionPk: transaction.id },
    });
    expect((await getTransaction(shopper, transaction.transactionId)).status).toBe(status);
  });
});

describe("what changed since the intent is refused, and nothing is charged", () => {
  test("the order's amount", async () => {
    const shopper = await aViewer();
    const intent = await anIntent(shopper);
    await db().order.update({ where: { id: intent.orderId }, data: { amountMinor: 1n } });
    await expect(
      processPayment(shopper, { transactionId: intent.transactionId }),
    ).rejects.toMatchObject({
      code: "order_changed",
    });
    expect(
      await db().dummyCharge.count({ where: { merchantReference: intent.transactionId } }),
    ).toBe(0);
    await db().order.update({
      where: { id: intent.orderId },
      data: { amountMinor: intent.amountMinor },
    });
  });

  test("the gateway was switched off", async () => {
    const shopper = await aViewer();
    const intent = await anIntent(shopper);
    await db().paymentConfiguration.update({
      where: { id: intent.configurationId },
      data: { isActive: false },
    });
    try {
      await expect(
        processPayment(shopper, { transactionId: intent.transactionId }),
      ).rejects.toMatchObject({
        code: "conflict",
      });
    } finally {
      await db().paymentConfiguration.update({
        where: { id: intent.configurationId },
        data: { isActive: true },
      });
    }
    expect((await getTransaction(shopper, intent.transactionId)).status).toBe("pending");
  });

  test("a gateway secret that does not open stops the payment before anything is sent", async () => {
    const shopper = await aViewer();
    const intent = await anIntent(shopper);
    const stored = await db().paymentConfiguration.findUniqueOrThrow({
      where: { id: intent.configurationId },
    });
    const broken = new Uint8Array(stored.secretCiphertext ?? []);
    broken[20] = (broken[20] ?? 0) ^ 1;
    await db().paymentConfiguration.update({
      where: { id: stored.id },
      data: { secretCiphertext: broken },
    });
    try {
      await expect(
        processPayment(shopper, { transactionId: intent.transactionId }),
      ).rejects.toMatchObject({
        code: "service_unavailable",
      });
    } finally {
      await db().paymentConfiguration.update({
        where: { id: stored.id },
        data: { secretCiphertext: stored.secretCiphertext },
      });
    }
    expect(await db().operation.count({ where: { transactionPk: intent.id } })).toBe(0);
  });
});

describe("who may pay", () => {
  test("another person's transaction is not there", async () => {
    const intent = await anIntent(await aViewer());
    await expect(
      processPayment(await aViewer(), { transactionId: intent.transactionId }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  test("support moves no money", async () => {
    const intent = await anIntent(await aViewer());
    await expect(
      processPayment(await aViewer("support"), { transactionId: intent.transactionId }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});

test("a card number that is none is refused before anything happens", async () => {
  await aDummyConfiguration();
  const shopper = await aViewer();
  const intent = await anIntent(shopper);
  await expect(
    processPayment(shopper, {
      transactionId: intent.transactionId,
      paymentData: { card_number: "4242424242424241" },
    }),
  ).rejects.toMatchObject({ code: "invalid_request" });
  expect((await getTransaction(shopper, intent.transactionId)).status).toBe("pending");
});
