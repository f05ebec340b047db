import { GitCompareArrows } from "lucide-react";
import type { Metadata } from "next";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney } from "#lib/domain/actor";
import { listReconciliations } from "#lib/reconciliation/list-reconciliations";
import { CompareButton } from "../../../components/admin/compare-button.tsx";
import { RunsTable } from "../../../components/admin/runs-table.tsx";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import { readOne, type RawQuery } from "../../../components/transactions/transaction-query.ts";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { UnreadablePage } from "../../../components/ui/unreadable-page.tsx";
import { orUnreadable } from "../../found.ts";

export const metadata: Metadata = { title: "Reconciliation" };

const path = "/admin/reconciliation";
const pageSize = 30;

/** The comparisons of gateways' own lists with these books, newest first, and a button for one more. */
export default async function ReconciliationPage({
  searchParams,
}: {
  searchParams: Promise<RawQuery>;
}) {
  const viewer = await requireStaff(path);
  const cursor = readOne(await searchParams, "cursor");
  const page = await orUnreadable(listReconciliations(viewer, { limit: pageSize, cursor }));
  return (
    <>
      <PageHeader title="Reconciliation">
        Each day the gateways&apos; own lists are compared with these books. What differs becomes a
        case with the evidence of both sides; nothing is changed by itself.
      </PageHeader>
      {mayMoveMoney(viewer) ? (
        <div className="mb-6">
          <CompareButton />
        </div>
      ) : null}
      <Card className="overflow-hidden">
        {page === null ? (
          <UnreadablePage firstHref={path} />
        ) : page.items.length === 0 ? (
          <EmptyState
            title="Nothing was compared yet"
            icon={<GitCompareArrows className="size-6" />}
          >
            The first comparison comes with the next day.
          </EmptyState>
        ) : (
          <>
            <RunsTable rows={page.items} now={new Date()} />
            <Pagination
              label="Pages of comparisons"
              firstHref={cursor === undefined ? null : path}
              nextHref={
                page.nextCursor === null ? null : hrefWith(path, { cursor: page.nextCursor })
              }
            />
          </>
        )}
      </Card>
    </>
  );
}
