import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import type { DisputeStatus } from "../domain/payment.ts";
import type { GatewayEvent } from "../gateways/gateway.ts";
import { expectBooksToHold } from "../testing/books.ts";
import { anIntent, aProcessedTransaction, aViewer, cards } from "../testing/builders.ts";
import { applyGatewayEvent } from "./apply-event.ts";
import { refundTransaction } from "./refund-transaction.ts";

const webhook = { kind: "system", name: "webhook" } as const;
const id = (prefix: string) => `${prefix}_${randomBytes(8).toString("hex")}`;

function tell(transaction: TransactionRecord, event: GatewayEvent) {
  const { gateway, configurationId } = transaction;
  return applyGatewayEvent({ gateway, configurationId, event, actor: webhook });
}

function current(transaction: TransactionRecord) {
  return db().transaction.findUniqueOrThrow({ where: { id: transaction.id } });
}

function charged(
  transaction: TransactionRecord,
  changes: Partial<{ reference: string; amountMinor: bigint; currency: string }> = {},
): GatewayEvent {
  const { amountMinor, currency, transactionId } = transaction;
  return {
    kind: "charge",
    merchantReference: transactionId,
    outcome: {
      kind: "succeeded",
      reference: id("dch"),
      amountMinor,
      currency,
      card: null,
      ...changes,
    },
  };
}

function refunded(
  transaction: TransactionRecord,
  reference: string,
  amountMinor: bigint,
  merchantReference = "",
): GatewayEvent {
  const { gatewayTransactionId, currency } = transaction;
  return {
    kind: "refund",
    merchantReference,
    chargeReference: gatewayTransactionId ?? "",
    outcome: { kind: "succeeded", reference, amountMinor, currency, card: null },
  };
}

function refundFailed(
  transaction: TransactionRecord,
  reference: string,
  merchantReference = "",
): GatewayEvent {
  return {
    kind: "refund",
    merchantReference,
    chargeReference: transaction.gatewayTransactionId ?? "",
    outcome: { kind: "declined", reference, reason: "refund_failed", message: "Account closed." },
  };
}

/** A refund made in the gateway's own dashboard: it is in its book before it is told. */
async function refundThere(transaction: TransactionRecord, amountMinor: bigint): Promise<string> {
  const reference = id("drf");
  const chargeReference = transaction.gatewayTransactionId ?? "";
  await db().dummyRefund.create({
    data: {
      reference,
      idempotencyKey: reference,
      merchantReference: "",
      chargeReference,
      amountMinor,
      state: "succeeded",
    },
  });
  await db().dummyCharge.update({
    where: { reference: chargeReference },
    data: { refundedMinor: { increment: amountMinor } },
  });
  return reference;
}

/** A refund of ours fails on the gateway's side, days after it had succeeded. */
async function failThere(reference: string): Promise<void> {
  const { chargeReference, amountMinor } = await db().dummyRefund.update({
    where: { reference },
    data: { state: "failed" },
  });
  await db().dummyCharge.update({
    where: { reference: chargeReference },
    data: { refundedMinor: { decrement: amountMinor } },
  });
}

describe("a charge that is told of", () => {
  test("settles a payment whose answer was lost, once, however often it is told", async () => {
    const transaction = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
    const { reference } = await db().dummyCharge.findFirstOrThrow({
      where: { merchantReference: transaction.transactionId },
    });
    const event = charged(transaction, { reference });
    const told = await Promise.all(Array.from({ length: 20 }, () => tell(transaction, event)));
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(["applied"]));
    expect(await current(transaction)).toMatchObject({ status: "success", capturedMinor: 15000n });
    expect(await db().journal.count({ where: { transactionPk: transaction.id } })).toBe(1);
    await expectBooksToHold();
  });

  test("with another amount is not believed: the gateway is asked, and its book counts", async () => {
    const transaction = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
    await tell(transaction, charged(transaction, { amountMinor: 1n }));
    expect(await current(transaction)).toMatchObject({ status: "success", capturedMinor: 15000n });
  });

  test("that never happened moves nothing: the gateway knows of no charge", async () => {
    const transaction = await aProcessedTransaction(await aViewer(), cards.declined);
    await tell(transaction, charged(transaction));
    expect(await current(transaction)).toMatchObject({ status: "failed", capturedMinor: 0n });
  });

  test("as failed after it succeeded moves nothing back", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    await tell(transaction, {
      kind: "charge",
      merchantReference: transaction.transactionId,
      outcome: { kind: "declined", reference: null, reason: "card_declined", message: "old news" },
    });
    expect(await current(transaction)).toMatchObject({ status: "success", capturedMinor: 15000n });
  });

  test.each([
    ["nobody's reference", { transactionId: "TXN-000000000000" }],
    ["another account's payment", { configurationId: 999_999 }],
    ["a payment that was never sent", {}],
  ])("about %s waits unmatched", async (_name, other) => {
    const intent = await anIntent(await aViewer());
    const told = await tell({ ...intent, ...other }, charged({ ...intent, ...other }));
    expect(told.kind).toBe("unmatched");
    expect(await current(intent)).toMatchObject({ status: "pending" });
  });
});

describe("a refund made in the gateway's own dashboard", () => {
  test("is taken in as the gateway's, with sums, status and ledger", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const reference = await refundThere(transaction, 5000n);
    await tell(transaction, refunded(transaction, reference, 5000n));
    expect(await current(transaction)).toMatchObject({
      status: "partially_refunded",
      refundedMinor: 5000n,
      refundPendingMinor: 0n,
    });
    expect(
      await db().refund.findFirstOrThrow({ where: { gatewayRefundId: reference } }),
    ).toMatchObject({ source: "gateway", status: "refunded", requestedById: null });
    await expectBooksToHold();
  });

  test("twice with the same amount is two refunds; told twice is one", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const references = [
      await refundThere(transaction, 3000n),
      await refundThere(transaction, 3000n),
    ];
    for (const reference of [...references, ...references]) {
      await tell(transaction, refunded(transaction, reference, 3000n));
    }
    expect(await current(transaction)).toMatchObject({ refundedMinor: 6000n });
    expect(await db().refund.count({ where: { transactionPk: transaction.id } })).toBe(2);
    await expectBooksToHold();
  });

  test("of more than was taken is not booked, and a person is told", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const told = await tell(transaction, refunded(transaction, id("drf"), 15001n));
    expect(told.kind).toBe("later");
    expect(await current(transaction)).toMatchObject({ refundedMinor: 0n });
    const { transactionId } = transaction;
    expect(await db().case.count({ where: { transactionId, kind: "amount_mismatch" } })).toBe(1);
  });

  test("that fails later gives its amount back", async () => {
    const transaction = await aProcessedTransaction(await aViewer());
    const reference = await refundThere(transaction, 15000n);
    await tell(transaction, refunded(transaction, reference, 15000n));
    expect(await current(transaction)).toMatchObject({ status: "refunded" });
    await failThere(reference);
    await tell(transaction, refundFailed(transaction, reference));
    expect(await current(transaction)).toMatchObject({ status: "success", refundedMinor: 0n });
    await expectBooksToHold();
  });
});

describe("a refund of ours that fails later", () => {
  async function aFailedRefund() {
    const admin = await aViewer("admin");
    const transaction = await aProcessedTransaction(await aViewer());
    const { transactionId } = transaction;
    const refund = await refundTransaction(admin, { transactionId, amount: "100.00" });
    await failThere(refund.gatewayRefundId ?? "");
    const failed = refundFailed(transaction, refund.gatewayRefundId ?? "", refund.refundId);
    await tell(transaction, failed);
    return { admin, transaction, transactionId, refund };
  }

  test("frees its amount and is put before a person", async () => {
    const { transaction, refund } = await aFailedRefund();
    expect(await current(transaction)).toMatchObject({
      status: "success",
      refundedMinor: 0n,
      refundPendingMinor: 0n,
    });
    const waiting = { caseKey: `refund_failed:${refund.refundId}`, status: "open" } as const;
    expect(await db().case.findFirstOrThrow({ where: waiting })).toMatchObject({
      evidence: { amount: "100.00", had_seemed_done: true },
    });
    await expectBooksToHold();
  });

  test("is not undone by the older word that it had succeeded", async () => {
    const { transaction, refund } = await aFailedRefund();
    const reference = refund.gatewayRefundId ?? "";
    await tell(transaction, refunded(transaction, reference, 10000n, refund.refundId));
    expect(await current(transaction)).toMatchObject({ status: "success", refundedMinor: 0n });
  });

  test("is done over once, with its amount; that closes the case", async () => {
    const { admin, transaction, transactionId, refund } = await aFailedRefund();
    const again = { transactionId, retryOf: refund.refundId };
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => refundTransaction(admin, again)),
    );
    const done = tries.filter((result) => result.status === "fulfilled");
    expect(done).toHaveLength(1);
    expect(done[0]?.value).toMatchObject({ status: "refunded", amountMinor: 10000n });
    for (const result of tries) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    }
    expect(await current(transaction)).toMatchObject({ refundedMinor: 10000n });
    const caseKey = `refund_failed:${refund.refundId}`;
    expect(await db().case.findFirstOrThrow({ where: { caseKey } })).toMatchObject({
      status: "resolved",
      resolution: "retried",
      resolvedById: admin.userId,
    });
    await expectBooksToHold();
  });
});

describe("a dispute", () => {
  async function aDispute() {
    const transaction = await aProcessedTransaction(await aViewer());
    const disputeReference = id("ddp");
    const say = (status: DisputeStatus) =>
      tell(transaction, {
        kind: "dispute",
        disputeReference,
        chargeReference: transaction.gatewayTransactionId ?? "",
        status,
        reason: "fraudulent",
        amountMinor: 15000n,
        currency: "USD",
        dueBy: new Date("2027-01-01T00:00:00Z"),
      });
    await db().dummyDispute.create({
      data: {
        reference: disputeReference,
        chargeReference: transaction.gatewayTransactionId ?? "",
        amountMinor: 15000n,
        reason: "fraudulent",
        state: "needs_response",
        dueBy: new Date("2027-01-01T00:00:00Z"),
      },
    });
    const balance = async (account: string) => {
      const { _sum } = await db().ledgerEntry.aggregate({
        where: { account, journal: { transactionPk: transaction.id } },
        _sum: { amountMinor: true },
      });
      return _sum.amountMinor ?? 0n;
    };
    return { transaction, say, balance };
  }

  test("holds its money back, and nothing of it can be refunded", async () => {
    const { transaction, say, balance } = await aDispute();
    expect((await say("needs_response")).kind).toBe("applied");
    expect((await say("needs_response")).kind).toBe("ignored");
    expect(await current(transaction)).toMatchObject({ disputedMinor: 15000n, status: "success" });
    expect(await balance("gateway_receivable:dummy")).toBe(0n);
    expect(await balance("disputes_held")).toBe(15000n);
    const { transactionId } = transaction;
    await expect(
      refundTransaction(await aViewer("admin"), { transactionId, amount: "0.01" }),
    ).rejects.toMatchObject({ code: "amount_exceeds_refundable" });
    expect(await db().case.count({ where: { transactionId, status: "open" } })).toBe(1);
    await expectBooksToHold();
  });

  test.each([
    ["won", 0n, 15000n, 0n],
    ["lost", 15000n, 0n, 15000n],
  ] as const)("that is %s is booked so, and waits for nobody", async (end, held, owed, lost) => {
    const { transaction, say, balance } = await aDispute();
    await say("needs_response");
    await say("under_review");
    await say(end);
    // An earlier step that is told late changes nothing.
    await say("needs_response");
    expect(await current(transaction)).toMatchObject({ disputedMinor: held });
    expect(await balance("gateway_receivable:dummy")).toBe(owed);
    expect(await balance("dispute_losses")).toBe(lost);
    expect(await balance("disputes_held")).toBe(0n);
    const { transactionId } = transaction;
    expect(await db().case.count({ where: { transactionId, status: "open" } })).toBe(0);
    await expectBooksToHold();
  });

  test("that opens after the money was refunded leaves nothing to refund, and the books agree", async () => {
    const { transaction, say } = await aDispute();
    const { transactionId } = transaction;
    await refundTransaction(await aViewer("admin"), { transactionId, amount: "100.00" });
    await say("needs_response");
    expect(await current(transaction)).toMatchObject({
      disputedMinor: 15000n,
      refundedMinor: 10000n,
    });
    await expectBooksToHold();
  });
});
