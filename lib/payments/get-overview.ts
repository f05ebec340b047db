import type { Viewer } from "../domain/actor.ts";
import { selectOverview, type CurrencyVolume } from "../db/overview.ts";
import { selectTransactions, type TransactionRecord } from "../db/transactions.ts";
import { requireStaffViewer } from "./access.ts";

export type AttentionKind = "unknown_outcome" | "failed_refund" | "excess_capture";

export type Overview = {
  volumeByCurrency: CurrencyVolume[];
  /** What a person should look at, with where to. Empty when all is well. */
  needsAttention: { kind: AttentionKind; count: number; href: string }[];
  recent: TransactionRecord[];
};

const recentCount = 8;

/** The dashboard's first page. Staff only. */
export async function getOverview(viewer: Viewer): Promise<Overview> {
  requireStaffViewer(viewer);
  const [{ volumeByCurrency, attention }, recent] = await Promise.all([
    selectOverview(),
    selectTransactions({ limit: recentCount }),
  ]);
  const needsAttention: Overview["needsAttention"] = [
    {
      kind: "unknown_outcome",
      count: attention.unknownOutcomes,
      href: "/admin/transactions?status=processing",
    },
    {
      kind: "failed_refund",
      count: attention.failedRefunds,
      href: "/admin/transactions?attention=failed_refund",
    },
    {
      kind: "excess_capture",
      count: attention.excessCaptures,
      href: "/admin/transactions?attention=excess_capture",
    },
  ];
  return {
    volumeByCurrency,
    needsAttention: needsAttention.filter((item) => item.count > 0),
    recent,
  };
}
