import { beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "../db/client.ts";
import { selectCases, type CaseRecord } from "../db/cases.ts";
import type { Gateway, ListedCharge } from "../gateways/gateway.ts";
import { refundTransaction } from "../payments/refund-transaction.ts";
import {
  aDummyConfiguration,
  aProcessedTransaction,
  aViewer,
  anIntent,
  cards,
} from "../testing/builders.ts";
import {
  aGatewayListing,
  aListedCharge,
  hourAgo,
  later,
  listedAs,
  makeOld,
  wideRange,
} from "../testing/listing-fixture.ts";
import { reconcileGateway } from "./reconcile-gateway.ts";

const openCases = (): Promise<CaseRecord[]> => selectCases({ limit: 100, status: "open" });

/** What a test before left must not be missing in this one's list. */
beforeEach(async () => {
  await db().$executeRaw`DELETE FROM cases`;
  await db().$executeRaw`UPDATE operations SET created_at = now() - interval '10 days'`;
});

/** Compares with that list, at a time when all of ours is past the grace. */
async function compare(gateway: Gateway, now = later()) {
  const configurationId = await aDummyConfiguration();
  const { from } = wideRange();
  return reconcileGateway(configurationId, { from, until: now }, { gateway, now });
}

async function aRefundedTransaction(amount = "50.00") {
  const transaction = await aProcessedTransaction(await aViewer());
  const admin = await aViewer("admin");
  const refund = await refundTransaction(admin, {
    transactionId: transaction.transactionId,
    amount,
  });
  const listed: ListedCharge["refunds"][number] = {
    reference: refund.gatewayRefundId ?? "",
    merchantReference: refund.refundId,
    status: "succeeded",
    amountMinor: refund.amountMinor,
    createdAt: hourAgo(),
  };
  return { transaction, refund, listed };
}

describe("each difference is told once, with the evidence of both sides", () => {
  test("nothing differs: no case", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    const failed = await aProcessedTransaction(await aViewer(), cards.declined);
    const run = await compare(
      aGatewayListing([listedAs(paid)], [listedAs(failed, { status: "other", capturedMinor: 0n })]),
    );
    expect(run).toMatchObject({ compared: 2, differences: 0, error: "" });
    expect(run.finishedAt).not.toBeNull();
    expect(await openCases()).toEqual([]);
  });

  test("missing here: a charge that nothing here carries; one that took nothing is none", async () => {
    const charge = aListedCharge({
      reference: "there_unknown",
      merchantReference: "TXN-00000000ABCD",
    });
    const nothing = aListedCharge({
      reference: "there_declined",
      status: "other",
      capturedMinor: 0n,
    });
    const gateway = aGatewayListing([charge, nothing]);
    expect(await compare(gateway)).toMatchObject({ differences: 1 });
    expect(await compare(gateway)).toMatchObject({ differences: 1 });
    expect(await openCases()).toMatchObject([
      {
        kind: "missing_here",
        caseKey: "missing_here:dummy/charge/there_unknown",
        transactionId: null,
        evidence: {
          reference: "there_unknown",
          merchant_reference: "TXN-00000000ABCD",
          there_status: "succeeded",
          there_captured: "150.00",
          there_currency: "USD",
        },
      },
    ]);
  });

  test("missing here: a second charge under the reference of one payment", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    await compare(aGatewayListing([listedAs(paid), listedAs(paid, { reference: "there_twice" })]));
    expect(await openCases()).toMatchObject([
      { kind: "missing_here", transactionId: paid.transactionId },
    ]);
  });

  test("missing there: we say it was charged, and the list has it not", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    const gateway = aGatewayListing([aListedCharge({ status: "other", capturedMinor: 0n })]);
    expect(await compare(gateway)).toMatchObject({ compared: 1, differences: 1 });
    expect(await openCases()).toMatchObject([
      {
        kind: "missing_there",
        transactionId: paid.transactionId,
        evidence: { reference: paid.gatewayTransactionId, here_captured: "150.00" },
      },
    ]);
  });

  test("missing there: of a time long past, too, though the payment has changed since", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    await db().$executeRaw`UPDATE operations SET created_at = now() - interval '5 days'
      WHERE transaction_pk = ${paid.id}`;
    const until = new Date(Date.now() - 4 * 24 * 3_600_000);
    const from = new Date(until.getTime() - 2 * 24 * 3_600_000);
    const [id, now] = [await aDummyConfiguration(), later()];
    await reconcileGateway(id, { from, until }, { gateway: aGatewayListing([]), now });
    expect(await openCases()).toMatchObject([{ transactionId: paid.transactionId }]);
  });

  test("the amount differs", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    await compare(aGatewayListing([listedAs(paid, { capturedMinor: 14_000n })]));
    expect(await openCases()).toMatchObject([
      { kind: "amount_differs", evidence: { there_captured: "140.00", here_captured: "150.00" } },
    ]);
  });

  test("the currency differs", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    await compare(aGatewayListing([listedAs(paid, { currency: "EUR" })]));
    expect(await openCases()).toMatchObject([{ kind: "amount_differs" }]);
  });

  test.each([
    ["charged there, failed here", cards.declined, { status: "succeeded", capturedMinor: 15_000n }],
    ["held there, failed here", cards.declined, { status: "authorized", capturedMinor: 0n }],
    ["nothing there, charged here", cards.good, { status: "other", capturedMinor: 0n }],
    ["held there, charged here", cards.good, { status: "authorized", capturedMinor: 0n }],
  ] as const)("the status differs: %s", async (_name, card, there) => {
    const transaction = await aProcessedTransaction(await aViewer(), card);
    await compare(aGatewayListing([listedAs(transaction, there)]));
    expect(await openCases()).toMatchObject([
      {
        kind: "status_differs",
        transactionId: transaction.transactionId,
        evidence: { there_status: there.status, here_status: transaction.status },
      },
    ]);
  });

  test("the status differs: charged there, and here it was never sent", async () => {
    const intent = await anIntent(await aViewer());
    await compare(aGatewayListing([listedAs(intent, { capturedMinor: 15_000n })]));
    expect(await openCases()).toMatchObject([
      { kind: "status_differs", evidence: { here_status: "pending" } },
    ]);
  });

  test("refunds: missing here, missing there, amount, status; two equal ones are two", async () => {
    const { transaction, listed } = await aRefundedTransaction();
    const foreign = { ...listed, reference: "drf_foreign", merchantReference: "" };
    const tell = async (...refunds: ListedCharge["refunds"][number][]) => {
      await db().$executeRaw`DELETE FROM cases`;
      await compare(aGatewayListing([listedAs(transaction, { refunds })]));
      return (await openCases()).map(({ kind }) => kind);
    };
    expect(await tell(listed)).toEqual([]);
    expect(await tell(listed, foreign)).toEqual(["missing_here"]);
    expect(await tell()).toEqual(["missing_there"]);
    expect(await tell({ ...listed, amountMinor: 4_000n })).toEqual(["amount_differs"]);
    expect(await tell({ ...listed, status: "failed" })).toEqual(["status_differs"]);
    expect(await tell({ ...listed, status: "pending" })).toEqual([]);
    expect(await tell(listed, { ...foreign, status: "pending" })).toEqual([]);
  });
});

describe("what is no difference yet", () => {
  test("what is younger than the grace, on either side", async () => {
    const paid = await aProcessedTransaction(await aViewer());
    const failed = await aProcessedTransaction(await aViewer(), cards.declined);
    const gateway = aGatewayListing([
      listedAs(failed, { createdAt: hourAgo(), capturedMinor: 15_000n }),
      aListedCharge({ reference: "there_young", createdAt: new Date() }),
    ]);
    expect(await compare(gateway, new Date())).toMatchObject({ differences: 0 });
    expect(paid.status).toBe("success");
    await makeOld(paid, failed);
    expect(await compare(gateway, new Date())).toMatchObject({ differences: 2 });
  });

  test("what the gateway is still asked about; once its schedule is over it is one", async () => {
    const open = await aProcessedTransaction(await aViewer(), cards.chargedThenBroken);
    const gateway = aGatewayListing([
      listedAs(open, { reference: "there_open", capturedMinor: 15_000n }),
    ]);
    expect(await compare(gateway)).toMatchObject({ differences: 0 });
    await db().operation.updateMany({
      where: { transactionPk: open.id },
      data: { nextCheckAt: null },
    });
    expect(await compare(gateway)).toMatchObject({ differences: 1 });
    expect(await openCases()).toMatchObject([
      { kind: "status_differs", evidence: { here_status: "processing" } },
    ]);
  });
});

describe("over several runs", () => {
  test("a difference that is gone ends its case; one of another time stays", async () => {
    const charge = aListedCharge({ reference: "there_gone" });
    const old = aListedCharge({
      reference: "there_old",
      createdAt: new Date(Date.now() - 5 * 24 * 3_600_000),
    });
    await compare(aGatewayListing([charge, old]));
    expect(await openCases()).toHaveLength(2);
    await compare(aGatewayListing([{ ...charge, status: "other", capturedMinor: 0n }]));
    const [left, ...none] = await openCases();
    expect(left?.evidence.reference).toBe("there_old");
    expect(none).toEqual([]);
    const [gone] = await selectCases({ limit: 1, status: "resolved" });
    expect(gone).toMatchObject({ resolution: "cleared", resolvedByEmail: null });
  });

  test("a case stays open where this run could not judge it: young, or asked about, or at the edge", async () => {
    const charged = await aProcessedTransaction(await aViewer());
    const failed = await aProcessedTransaction(await aViewer(), cards.declined);
    const { transaction, refund } = await aRefundedTransaction();
    const listed = [
      listedAs(failed, { reference: "there_late", capturedMinor: 15_000n, createdAt: hourAgo() }),
      // Our refund of it is missing there.
      listedAs(transaction, { createdAt: hourAgo() }),
    ];
    const gateway = aGatewayListing(listed);
    await makeOld(charged, failed, transaction);
    const subjects = async () => (await openCases()).map(({ caseKey }) => caseKey).sort();
    await compare(gateway, new Date());
    const told = await subjects();
    expect(told).toEqual([
      `missing_there:dummy/charge/${charged.gatewayTransactionId}`,
      `missing_there:dummy/refund/${refund.refundId}`,
      "status_differs:dummy/charge/there_late",
    ]);
    const ids = [charged.id, failed.id, transaction.id];
    await db().$executeRaw`UPDATE transactions SET updated_at = now() WHERE id = ANY(${ids})`;
    await db()
      .$executeRaw`UPDATE refunds SET updated_at = now() WHERE transaction_pk = ANY(${ids})`;
    expect(await compare(gateway, new Date())).toMatchObject({ differences: 0 });
    expect(await subjects()).toEqual(told);
    await makeOld(charged, failed, transaction);
    await db().operation.updateMany({
      where: { transactionPk: { in: ids } },
      data: { nextCheckAt: new Date() },
    });
    await compare(gateway, new Date());
    expect(await subjects()).toEqual(told);
    // Charged a minute after the range begins: by the gateway's clock that may be before it.
    const configurationId = await aDummyConfiguration();
    const range = { from: new Date(hourAgo().getTime() - 60_000), until: new Date() };
    await reconcileGateway(configurationId, range, { gateway });
    expect(await subjects()).toEqual(told);
  });

  test("clocks that differ: what a run has just told stays open", async () => {
    const now = new Date();
    vi.useFakeTimers({ toFake: ["Date"], now: now.getTime() + 30_000 });
    try {
      await compare(aGatewayListing([aListedCharge({ reference: "there_skew" })]), now);
    } finally {
      vi.useRealTimers();
    }
    expect(await openCases()).toHaveLength(1);
  });

  test("one that was dismissed comes back only with other evidence", async () => {
    const charge = aListedCharge({ reference: "there_dismissed" });
    await compare(aGatewayListing([charge]));
    await db().case.updateMany({
      data: { status: "resolved", resolution: "dismissed", resolvedAt: new Date() },
    });
    await compare(aGatewayListing([charge]));
    expect(await openCases()).toEqual([]);
    await compare(aGatewayListing([{ ...charge, refundedMinor: 100n }]));
    expect(await openCases()).toHaveLength(1);
  });

  test("a gateway that fails midway: what it listed is judged, nothing is missing there, no case ends", async () => {
    const charge = aListedCharge({ reference: "there_before" });
    await compare(aGatewayListing([charge]));
    await aProcessedTransaction(await aViewer());
    const second = aListedCharge({ reference: "there_second" });
    const failing = aGatewayListing([second], new Error("no answer for 4242424242424242"), [
      charge,
    ]);
    const run = await compare(failing);
    expect(run).toMatchObject({ compared: 1, differences: 1 });
    expect(run.error).toBe("no answer for [card ending 4242]");
    expect((await openCases()).map(({ kind }) => kind)).toEqual(["missing_here", "missing_here"]);
  });

  test("an account is compared by one at a time", async () => {
    const release = Promise.withResolvers<void>();
    const listing = Promise.withResolvers<void>();
    const slow: Gateway = {
      ...aGatewayListing(),
      async *listCharges() {
        listing.resolve();
        await release.promise;
        yield [];
      },
    };
    const first = compare(slow);
    await listing.promise;
    await expect(compare(aGatewayListing([]))).rejects.toMatchObject({ code: "conflict" });
    release.resolve();
    expect(await first).toMatchObject({ error: "" });
  });
});

test("pages are asked for one at a time, each with one query for ours", async () => {
  let asked = 0;
  let comparedBefore = 0;
  const counting: Gateway = {
    ...aGatewayListing(),
    async *listCharges() {
      for (let page = 0; page < 5; page += 1) {
        asked += 1;
        // The page before was compared to the end: its case is there.
        expect(await db().case.count()).toBe(comparedBefore);
        yield [aListedCharge({ reference: `there_page_${page}` })];
        comparedBefore += 1;
      }
    },
  };
  expect(await compare(counting)).toMatchObject({ compared: 5, differences: 5, error: "" });
  expect(asked).toBe(5);
});
