import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { selectCases, type CaseRecord } from "../db/cases.ts";
import { db } from "../db/client.ts";
import { bookHoldMove } from "../db/dummy-holds.ts";
import { bookRefund, endRefund } from "../db/dummy-refunds.ts";
import { findOrder } from "../db/orders.ts";
import { findTransaction, type TransactionRecord } from "../db/transactions.ts";
import type { Viewer } from "../domain/actor.ts";
import { newTransactionId } from "../domain/ids.ts";
import { dummyGateway } from "../gateways/dummy/dummy-gateway.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { captureTransaction } from "../payments/capture-transaction.ts";
import { createIntent } from "../payments/create-intent.ts";
import { processPayment } from "../payments/process-payment.ts";
import { refundTransaction } from "../payments/refund-transaction.ts";
import { reconcileGateway } from "../reconciliation/reconcile-gateway.ts";
import { expectBooksToHold } from "../testing/books.ts";
import {
  aDummyConfiguration,
  aProcessedTransaction,
  aViewer,
  anIntent,
  anOrder,
  cards,
} from "../testing/builders.ts";
import { later, wideRange } from "../testing/listing-fixture.ts";
import { listCases } from "./list-cases.ts";
import { resolveCase } from "./resolve-case.ts";

const account = { configurationId: 0 } as GatewayAccount;
const openCases = (): Promise<CaseRecord[]> => selectCases({ limit: 100, status: "open" });

let admin: Viewer;
beforeEach(async () => {
  admin = await aViewer("admin");
  await db().$executeRaw`DELETE FROM cases`;
});

/** Compares with the dummy gateway's own book, and gives the one case that comes of it. */
async function theCase(): Promise<CaseRecord> {
  await compare();
  const [found, ...others] = await openCases();
  expect(others.map(({ caseKey }) => caseKey)).toEqual([]);
  return found!;
}

async function compare(): Promise<void> {
  const run = await reconcileGateway(await aDummyConfiguration(), wideRange(), { now: later() });
  expect(run.error).toBe("");
}

/** Both sides agree, the books hold, and another run finds nothing. */
async function expectAllWell(): Promise<void> {
  await compare();
  expect(await openCases()).toEqual([]);
  // The books excuse what the gateway is about to tell of; nothing is to be excused here.
  await db().$executeRaw`UPDATE dummy_events SET next_attempt_at = NULL`;
  await expectBooksToHold();
}

/** A charge in the gateway's book that nothing here tells of. */
async function chargeThere(merchantReference: string, captureMethod: "automatic" | "manual") {
  const outcome = await dummyGateway.charge(account, {
    gatewayKey: `elsewhere-${randomUUID()}`,
    merchantReference,
    amountMinor: 15_000n,
    currency: "USD",
    captureMethod,
    returnUrl: "",
    payment: { card: null, fields: {} },
    intentReference: null,
  });
  if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") throw new Error(outcome.kind);
  return outcome.reference;
}

function refundThere(chargeReference: string, amountMinor: bigint, merchantReference = "") {
  const idempotencyKey = `dashboard-${randomUUID()}`;
  return bookRefund({
    idempotencyKey,
    merchantReference,
    chargeReference,
    amountMinor,
    pendingMs: null,
  });
}

async function aHold(): Promise<TransactionRecord> {
  await aDummyConfiguration();
  const owner = await aViewer();
  const order = await anOrder(owner);
  const { transaction } = await createIntent(admin, {
    orderId: order.id,
    gateway: "dummy",
    captureMethod: "manual",
  });
  return (await processPayment(owner, { transactionId: transaction.transactionId })).transaction;
}

const adopt = (found: CaseRecord, userEmail?: string) =>
  resolveCase(admin, found.id, { resolution: "adopted", userEmail });

async function reread({ transactionId }: { transactionId: string }): Promise<TransactionRecord> {
  return (await findTransaction(transactionId, null))!;
}

describe("a charge that is missing here, as after a restored backup", () => {
  test("becomes a paid order of the person that the admin names, with its refunds", async () => {
    const transactionId = newTransactionId();
    const reference = await chargeThere(transactionId, "automatic");
    await refundThere(reference, 4_000n);
    const owner = await aViewer();
    const found = await theCase();
    expect(found).toMatchObject({ kind: "missing_here", evidence: { there_captured: "150.00" } });
    await expect(adopt(found)).rejects.toMatchObject({ fields: { user_email: expect.anything() } });
    await expect(adopt(found, "nobody@example.com")).rejects.toMatchObject({
      code: "invalid_request",
    });
    const closed = await adopt(found, owner.email);
    expect(closed).toMatchObject({
      status: "resolved",
      resolution: "adopted",
      resolvedByEmail: admin.email,
    });
    const transaction = await reread({ transactionId });
    expect(transaction).toMatchObject({
      userId: owner.userId,
      gatewayTransactionId: reference,
      status: "partially_refunded",
      capturedMinor: 15_000n,
      refundedMinor: 4_000n,
      excessCapture: false,
    });
    expect(await findOrder({ id: transaction.orderId }, null)).toMatchObject({
      status: "paid",
      items: [{ name: `Recovered payment ${transactionId}`, quantity: 1 }],
    });
    await expectAllWell();
    // And it is a payment as any other.
    await refundTransaction(admin, { transactionId });
    expect((await reread({ transactionId })).status).toBe("refunded");
    await expectAllWell();
  });

  test("that is only held is adopted as a hold; what was captured of one, too", async () => {
    const held = newTransactionId();
    await chargeThere(held, "manual");
    const owner = await aViewer();
    await adopt(await theCase(), owner.email);
    expect(await reread({ transactionId: held })).toMatchObject({
      status: "authorized",
      capturableMinor: 15_000n,
    });
    await captureTransaction(admin, { transactionId: held, amount: "20.00" });
    const part = newTransactionId();
    const chargeReference = await chargeThere(part, "manual");
    await bookHoldMove({
      kind: "capture",
      idempotencyKey: randomUUID(),
      chargeReference,
      amountMinor: 9_000n,
      pendingMs: null,
    });
    await adopt(await theCase(), owner.email);
    expect(await reread({ transactionId: part })).toMatchObject({
      status: "success",
      capturedMinor: 9_000n,
    });
    await expectAllWell();
  });

  test("adopted by two admins at once: one payment, and one of them is told that it is done", async () => {
    const transactionId = newTransactionId();
    await chargeThere(transactionId, "automatic");
    const owner = await aViewer();
    const found = await theCase();
    const admins = await Promise.all(["1", "2", "3", "4"].map(() => aViewer("admin")));
    const ends = await Promise.allSettled(
      admins.map((viewer) =>
        resolveCase(viewer, found.id, { resolution: "adopted", userEmail: owner.email }),
      ),
    );
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const end of ends) {
      if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "conflict" });
    }
    expect(await db().order.count({ where: { userId: owner.userId } })).toBe(1);
    expect(
      await db().auditEvent.count({ where: { entity: "case", entityId: String(found.id) } }),
    ).toBe(1);
    await expectAllWell();
  });

  test("under the id of a payment that was never sent: into that payment", async () => {
    const intent = await anIntent(await aViewer());
    await chargeThere(intent.transactionId, "automatic");
    const found = await theCase();
    expect(found).toMatchObject({ kind: "status_differs", transactionId: intent.transactionId });
    await adopt(found);
    expect(await reread(intent)).toMatchObject({ status: "success", excessCapture: false });
    await expectAllWell();
  });
});

test("a charge filed there under an id that is none of ours gets one of ours", async () => {
  const reference = await chargeThere("INVOICE 7", "automatic");
  const owner = await aViewer();
  await adopt(await theCase(), owner.email);
  const [transaction, ...others] = await db().transaction.findMany({
    where: { userId: owner.userId },
  });
  expect(others).toEqual([]);
  expect(transaction).toMatchObject({ gatewayTransactionId: reference, status: "success" });
  await expectAllWell();
});

test("charged there and failed here: taken in as a late success", async () => {
  const failed = await aProcessedTransaction(await aViewer(), cards.declined);
  await db().$executeRaw`
    UPDATE dummy_charges SET state = 'succeeded', captured_minor = amount_minor, decline_code = NULL
    WHERE merchant_reference = ${failed.transactionId}`;
  await adopt(await theCase());
  expect((await reread(failed)).status).toBe("success");
  await expectAllWell();
});

test("what the gateway is being asked about again is adopted, not taken for alike", async () => {
  const open = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
  const ask = (nextCheckAt: Date | null) =>
    db().operation.updateMany({ where: { transactionPk: open.id }, data: { nextCheckAt } });
  await ask(null);
  const found = await theCase();
  expect(found.kind).toBe("status_differs");
  await ask(later());
  expect(await adopt(found)).toMatchObject({ resolution: "adopted" });
  expect((await reread(open)).status).toBe("success");
  await expectAllWell();
});

test("what the gateway says now is booked, never the evidence that was kept", async () => {
  const failed = await aProcessedTransaction(await aViewer(), cards.declined);
  const set = (state: string, captured: number) =>
    db().$executeRaw`UPDATE dummy_charges SET state = ${state}, captured_minor = ${captured}
      WHERE merchant_reference = ${failed.transactionId}`;
  await set("succeeded", 15_000);
  const found = await theCase();
  await set("declined", 0);
  expect(await adopt(found)).toMatchObject({ resolution: "cleared" });
  expect((await reread(failed)).status).toBe("failed");
  await expectAllWell();
});

test("captured there and held here: the capture is taken in and the order is paid", async () => {
  const hold = await aHold();
  await bookHoldMove({
    kind: "capture",
    idempotencyKey: randomUUID(),
    chargeReference: hold.gatewayTransactionId!,
    amountMinor: 6_000n,
    pendingMs: null,
  });
  const found = await theCase();
  expect(found.kind).toBe("status_differs");
  await adopt(found);
  expect(await reread(hold)).toMatchObject({ status: "success", capturedMinor: 6_000n });
  await expectAllWell();
});

test("released there and held here: the hold ends", async () => {
  const hold = await aHold();
  await bookHoldMove({
    kind: "void",
    idempotencyKey: randomUUID(),
    chargeReference: hold.gatewayTransactionId!,
    amountMinor: 15_000n,
    pendingMs: null,
  });
  await adopt(await theCase());
  expect(await reread(hold)).toMatchObject({ status: "cancelled", capturableMinor: 0n });
  await expectAllWell();
});

test.each([
  ["made there", ""],
  ["of ours that a restored backup lost", "REF-00000000ABCD"],
])("a refund %s is taken in as one of the gateway's", async (_name, merchantReference) => {
  const paid = await aProcessedTransaction(await aViewer());
  await refundThere(paid.gatewayTransactionId!, 5_000n, merchantReference);
  await adopt(await theCase());
  expect(await reread(paid)).toMatchObject({ status: "partially_refunded", refundedMinor: 5_000n });
  await expectAllWell();
});

test("the amount differs: nothing can be taken in, and the case stays for a note", async () => {
  const paid = await aProcessedTransaction(await aViewer());
  const set = (captured: number) =>
    db().$executeRaw`UPDATE dummy_charges SET captured_minor = ${captured}
      WHERE merchant_reference = ${paid.transactionId}`;
  await set(14_000);
  const found = await theCase();
  expect(found.kind).toBe("amount_differs");
  await expect(adopt(found)).rejects.toMatchObject({ code: "conflict" });
  expect(await openCases()).toHaveLength(1);
  expect((await reread(paid)).capturedMinor).toBe(15_000n);
  await set(15_000);
  await expectAllWell();
});

test("a refund of ours that failed there has failed here too, and its amount is free", async () => {
  const paid = await aProcessedTransaction(await aViewer());
  const { transactionId } = paid;
  const refund = await refundTransaction(admin, { transactionId, amount: "50.00" });
  await endRefund(refund.gatewayRefundId!, "failed");
  const found = await theCase();
  expect(found).toMatchObject({ kind: "status_differs", evidence: { refund_id: refund.refundId } });
  await adopt(found);
  expect(await reread(paid)).toMatchObject({ status: "success", refundableMinor: 15_000n });
  expect((await openCases()).map(({ kind }) => kind)).toEqual(["refund_failed"]);
  await expectBooksToHold();
});

test("where the gateway's word changes nothing, the case stays open", async () => {
  const paid = await aProcessedTransaction(await aViewer());
  const { transactionId } = paid;
  const refund = await refundTransaction(admin, { transactionId, amount: "50.00" });
  const set = (amount: number) =>
    db().$executeRaw`UPDATE dummy_refunds SET amount_minor = ${amount}
      WHERE reference = ${refund.gatewayRefundId}`;
  await set(4_000);
  const found = await theCase();
  expect(found).toMatchObject({ kind: "amount_differs", evidence: { there_amount: "40.00" } });
  await expect(adopt(found)).rejects.toMatchObject({ code: "conflict" });
  expect(await openCases()).toMatchObject([{ id: found.id }]);
  await set(5_000);
  await expectAllWell();
});

test("an outcome whose schedule is over is asked for once more, and the case is the admin's", async () => {
  const open = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
  const operation = await db().operation.findFirstOrThrow({ where: { transactionPk: open.id } });
  await db().operation.update({ where: { id: operation.id }, data: { nextCheckAt: null } });
  const found = await db().case.create({
    data: {
      kind: "outcome_unknown",
      caseKey: `outcome_unknown:${operation.id}`,
      gateway: "dummy",
      transactionId: open.transactionId,
      evidence: { operation: operation.id },
    },
  });
  const dismissed = resolveCase(admin, found.id, { resolution: "dismissed", note: "later" });
  await expect(dismissed).rejects.toMatchObject({ fields: { resolution: expect.anything() } });
  const closed = await resolveCase(admin, found.id, { resolution: "adopted" });
  expect(closed).toMatchObject({ resolution: "adopted", resolvedByEmail: admin.email });
  expect((await reread(open)).status).toBe("success");
  await expectAllWell();
});

test("support sees cases and resolves none; a customer sees none", async () => {
  await chargeThere("elsewhere", "automatic");
  const found = await theCase();
  const support = await aViewer("support");
  expect((await listCases(support, { limit: 10, kind: "missing_here" })).items).toHaveLength(1);
  const command = { resolution: "dismissed", note: "Another shop's." } as const;
  await expect(resolveCase(support, found.id, command)).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(listCases(await aViewer(), { limit: 10 })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("dismissing wants a note, is audited, and happens once", async () => {
  await db().$executeRaw`DELETE FROM dummy_charges WHERE merchant_reference = 'elsewhere'`;
  const paid = await aProcessedTransaction(await aViewer());
  await db().$executeRaw`DELETE FROM cases`;
  const found = await db().case.create({
    data: { kind: "excess_capture", caseKey: `excess_capture:${paid.transactionId}` },
  });
  const dismiss = (note: string) => resolveCase(admin, found.id, { resolution: "dismissed", note });
  await expect(dismiss("  ")).rejects.toMatchObject({ fields: { note: expect.anything() } });
  await expect(resolveCase(admin, found.id, { resolution: "adopted" })).rejects.toMatchObject({
    fields: { resolution: expect.anything() },
  });
  expect(await dismiss("Two orders were meant.")).toMatchObject({
    resolution: "dismissed",
    note: "Two orders were meant.",
  });
  await expect(dismiss("Again.")).rejects.toMatchObject({ code: "conflict" });
  await expect(resolveCase(admin, 2_000_000_000, { resolution: "adopted" })).rejects.toMatchObject({
    code: "not_found",
  });
  const trail = await db().auditEvent.findMany({
    where: { entity: "case", entityId: String(found.id) },
  });
  expect(trail).toMatchObject([
    { action: "dismissed", actor: String(admin.userId), fromStatus: "open", toStatus: "resolved" },
  ]);
});

test("dismissed by many at once: one does it, and it is audited once", async () => {
  const found = await db().case.create({
    data: { kind: "excess_capture", caseKey: "excess_capture:TXN-000000000002" },
  });
  const admins = await Promise.all(Array.from({ length: 8 }, () => aViewer("admin")));
  const ends = await Promise.allSettled(
    admins.map((viewer) =>
      resolveCase(viewer, found.id, { resolution: "dismissed", note: viewer.email }),
    ),
  );
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const audited = await db().auditEvent.findMany({
    where: { entity: "case", entityId: String(found.id) },
  });
  const [closed] = await selectCases({ limit: 1, status: "resolved" });
  expect(audited.map(({ reason }) => reason)).toEqual([closed?.resolvedByEmail]);
});

test("a gateway that cannot be asked leaves the case open and everything as it is", async () => {
  const transactionId = newTransactionId();
  await chargeThere(transactionId, "automatic");
  const found = await theCase();
  await db().dummyFault.create({ data: { mode: "outage", remaining: 1_000_000 } });
  const owner = await aViewer();
  await expect(adopt(found, owner.email)).rejects.toMatchObject({ code: "gateway_unreachable" });
  await db().dummyFault.deleteMany();
  expect(await openCases()).toHaveLength(1);
  expect(await db().order.count({ where: { userId: owner.userId } })).toBe(0);
  await adopt(found, owner.email);
  await expectAllWell();
});

test("a second charge of one payment is flagged as an excess of its order, for a person to refund", async () => {
  const paid = await aProcessedTransaction(await aViewer());
  const reference = await chargeThere(paid.transactionId, "automatic");
  const found = await theCase();
  expect(found).toMatchObject({ kind: "missing_here", transactionId: paid.transactionId });
  await adopt(found);
  const excess = await db().transaction.findFirstOrThrow({
    where: { gatewayTransactionId: reference },
  });
  expect(excess).toMatchObject({ orderId: paid.orderId, status: "success", excessCapture: true });
  await compare();
  expect((await openCases()).map(({ kind }) => kind)).toEqual(["excess_capture"]);
  await refundTransaction(admin, { transactionId: excess.transactionId });
  expect(await openCases()).toEqual([]);
});
