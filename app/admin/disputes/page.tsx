import { Scale } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { requireStaff } from "#lib/auth/session";
import type { Viewer } from "#lib/domain/actor";
import { disputeStatuses } from "#lib/domain/payment";
import { listDisputes, listOpenDisputes } from "#lib/payments/list-disputes";
import { readDisputeQuery, type DisputeQuery } from "../../../components/admin/admin-query.ts";
import { DisputesTable } from "../../../components/admin/disputes-table.tsx";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import type { RawQuery } from "../../../components/transactions/transaction-query.ts";
import { disputeStatusWords } from "../../../components/transactions/words.ts";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { FilterForm, FilterSelect } from "../../../components/ui/filter-form.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";
import { UnreadablePage } from "../../../components/ui/unreadable-page.tsx";
import { orUnreadable } from "../../found.ts";

export const metadata: Metadata = { title: "Disputes" };

const path = "/admin/disputes";
const pageSize = 40;

const statusOptions = [
  { value: "open", label: "Not decided, by deadline" },
  { value: "any", label: "All, newest first" },
  ...disputeStatuses.map((status) => ({
    value: status,
    label: disputeStatusWords[status].label,
  })),
];

async function find(viewer: Viewer, { status, cursor }: DisputeQuery) {
  if (status === "open") return { items: await listOpenDisputes(viewer), nextCursor: null };
  return await orUnreadable(
    listDisputes(viewer, {
      limit: pageSize,
      cursor,
      status: status === "any" ? undefined : status,
    }),
  );
}

async function Results({ viewer, query }: { viewer: Viewer; query: DisputeQuery }) {
  const { status, cursor } = query;
  const page = await find(viewer, query);
  if (page === null) return <UnreadablePage firstHref={path} />;
  if (page.items.length === 0) {
    return (
      <EmptyState
        title={status === "open" ? "No dispute is open" : "No dispute here"}
        icon={<Scale className="size-6" />}
      >
        When a card holder disputes a charge at their bank, it appears here with its deadline.
      </EmptyState>
    );
  }
  return (
    <>
      <DisputesTable rows={page.items} now={new Date()} />
      <Pagination
        label="Pages of disputes"
        firstHref={cursor === undefined || status === "open" ? null : hrefWith(path, { status })}
        nextHref={
          page.nextCursor === null ? null : hrefWith(path, { status, cursor: page.nextCursor })
        }
      />
    </>
  );
}

/** Charges that card holders dispute: first those that are not decided, the nearest deadline first. */
export default async function DisputesPage({ searchParams }: { searchParams: Promise<RawQuery> }) {
  const viewer = await requireStaff(path);
  const query = readDisputeQuery(await searchParams);
  return (
    <>
      <PageHeader title="Disputes">
        Answer in the gateway&apos;s dashboard before the deadline. Until a dispute is decided, its
        amount cannot be refunded.
      </PageHeader>
      <Card className="overflow-hidden">
        <FilterForm action={path} filtered={query.status !== "open"}>
          <FilterSelect
            name="status"
            label="Show"
            value={query.status}
            options={statusOptions}
            className="col-span-2 sm:w-64"
          />
        </FilterForm>
        <Suspense
          key={JSON.stringify(query)}
          fallback={<ListSkeleton label="Loading disputes" rows={8} />}
        >
          <Results viewer={viewer} query={query} />
        </Suspense>
      </Card>
    </>
  );
}
