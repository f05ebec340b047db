import type { Viewer } from "../domain/actor.ts";
import { caseKinds, type CaseKind } from "../domain/case.ts";
import { countOpenCases } from "../db/cases.ts";
import { selectOverview, type CurrencyVolume } from "../db/overview.ts";
import { selectTransactions, type TransactionRecord } from "../db/transactions.ts";
import { requireStaffViewer } from "./access.ts";

/** `outcome_open`: the gateway is being asked, and nobody has to do anything yet. */
export type AttentionKind = CaseKind | "outcome_open";

export type Overview = {
  volumeByCurrency: CurrencyVolume[];
  /** What a person should look at, most urgent first, with where to. Empty when all is well. */
  needsAttention: { kind: AttentionKind; count: number; href: string }[];
  recent: TransactionRecord[];
};

const recentCount = 8;

/** The dashboard's first page. Staff only. */
export async function getOverview(viewer: Viewer): Promise<Overview> {
  requireStaffViewer(viewer);
  const [{ volumeByCurrency, openOutcomes }, cases, recent] = await Promise.all([
    selectOverview(),
    countOpenCases(),
    selectTransactions({ limit: recentCount }),
  ]);
  const needsAttention: Overview["needsAttention"] = [
    ...caseKinds.map((kind) => ({
      kind,
      count: cases[kind] ?? 0,
      href: `/admin/cases?kind=${kind}`,
    })),
    {
      kind: "outcome_open",
      count: openOutcomes,
      href: "/admin/transactions?status=processing",
    },
  ];
  return {
    volumeByCurrency,
    needsAttention: needsAttention.filter((item) => item.count > 0),
    recent,
  };
}
