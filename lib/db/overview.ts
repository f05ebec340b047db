import { db } from "./client.ts";

export type CurrencyVolume = {
  currency: string;
  count: number;
  capturedMinor: bigint;
  refundedMinor: bigint;
};

/** Sums of all captured transactions by currency, and how many payments are being asked about. */
export async function selectOverview(): Promise<{
  volumeByCurrency: CurrencyVolume[];
  openOutcomes: number;
}> {
  const [volumes, openOutcomes] = await Promise.all([
    db().transaction.groupBy({
      by: ["currency"],
      where: { capturedMinor: { gt: 0 } },
      _count: { _all: true },
      _sum: { capturedMinor: true, refundedMinor: true },
      orderBy: { currency: "asc" },
    }),
    db().transaction.count({ where: { status: "processing" } }),
  ]);
  return {
    volumeByCurrency: volumes.map((row) => ({
      currency: row.currency,
      count: row._count._all,
      capturedMinor: row._sum.capturedMinor ?? 0n,
      refundedMinor: row._sum.refundedMinor ?? 0n,
    })),
    openOutcomes,
  };
}
