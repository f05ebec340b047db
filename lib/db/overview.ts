import { db } from "./client.ts";

export type CurrencyVolume = {
  currency: string;
  count: number;
  capturedMinor: bigint;
  refundedMinor: bigint;
};

export type Attention = { unknownOutcomes: number; failedRefunds: number; excessCaptures: number };

/** Sums of all captured transactions by currency, and how many rows wait for a person. */
export async function selectOverview(): Promise<{
  volumeByCurrency: CurrencyVolume[];
  attention: Attention;
}> {
  const [volumes, unknownOutcomes, failedRefunds, excessCaptures] = await Promise.all([
    db().transaction.groupBy({
      by: ["currency"],
      where: { capturedMinor: { gt: 0 } },
      _count: { _all: true },
      _sum: { capturedMinor: true, refundedMinor: true },
      orderBy: { currency: "asc" },
    }),
    db().transaction.count({ where: { status: "processing" } }),
    db().refund.count({ where: { status: "failed" } }),
    db().transaction.count({ where: { excessCapture: true, status: { not: "refunded" } } }),
  ]);
  return {
    volumeByCurrency: volumes.map((row) => ({
      currency: row.currency,
      count: row._count._all,
      capturedMinor: row._sum.capturedMinor ?? 0n,
      refundedMinor: row._sum.refundedMinor ?? 0n,
    })),
    attention: { unknownOutcomes, failedRefunds, excessCaptures },
  };
}
