import { CircleCheck } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { requireStaff } from "#lib/auth/session";
import { listCases } from "#lib/cases/list-cases";
import { listUrgentCases } from "#lib/cases/list-urgent-cases";
import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import { caseKinds } from "#lib/domain/case";
import { readCaseQuery, type CaseQuery } from "../../../components/admin/admin-query.ts";
import { CaseList } from "../../../components/admin/case-list.tsx";
import { caseKindWords } from "../../../components/admin/case-words.ts";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import type { RawQuery } from "../../../components/transactions/transaction-query.ts";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { FilterForm, FilterSelect } from "../../../components/ui/filter-form.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";
import { UnreadablePage } from "../../../components/ui/unreadable-page.tsx";
import { orUnreadable } from "../../found.ts";

export const metadata: Metadata = { title: "Needs attention" };

const path = "/admin/cases";
const pageSize = 25;

const kindOptions = caseKinds.map((kind) => ({ value: kind, label: caseKindWords[kind].label }));
const statusOptions = [
  { value: "open", label: "Open" },
  { value: "resolved", label: "Closed" },
];

function Filters({ query }: { query: CaseQuery }) {
  const filtered = query.kind !== undefined || query.status !== "open";
  return (
    <FilterForm action={path} filtered={filtered}>
      <FilterSelect
        name="kind"
        label="Kind"
        value={query.kind}
        anyLabel="Any"
        options={kindOptions}
        className="sm:w-64"
      />
      <FilterSelect
        name="status"
        label="Status"
        value={query.status}
        options={statusOptions}
        className="sm:w-36"
      />
    </FilterForm>
  );
}

function Nothing({ query }: { query: CaseQuery }) {
  return (
    <EmptyState
      title={query.status === "open" ? "Nothing waits for you" : "Nothing was closed yet"}
      icon={<CircleCheck className="size-6" />}
    >
      {query.kind === undefined
        ? "What a person has to decide appears here, with what is known about it."
        : "There is no case of this kind."}
    </EmptyState>
  );
}

async function Results({ viewer, query }: { viewer: Viewer; query: CaseQuery }) {
  const { kind, status, cursor } = query;
  const asked = { limit: pageSize, cursor, kind };
  const page = await orUnreadable(
    status === "open"
      ? listUrgentCases(viewer, asked)
      : listCases(viewer, { ...asked, status: "resolved" }),
  );
  if (page === null) return <UnreadablePage firstHref={path} />;
  if (page.items.length === 0) return <Nothing query={query} />;
  const kept = { kind, status: status === "open" ? undefined : status };
  return (
    <>
      <CaseList cases={page.items} now={new Date()} mayAct={mayMoveMoney(viewer)} />
      <Pagination
        label="Pages of cases"
        firstHref={cursor === undefined ? null : hrefWith(path, kept)}
        nextHref={
          page.nextCursor === null ? null : hrefWith(path, { ...kept, cursor: page.nextCursor })
        }
        words={status === "open" ? { first: "Most urgent", next: "Less urgent" } : undefined}
      />
    </>
  );
}

/** What waits for a person, the most urgent first; or what did. */
export default async function CasesPage({ searchParams }: { searchParams: Promise<RawQuery> }) {
  const viewer = await requireStaff(path);
  const query = readCaseQuery(await searchParams);
  return (
    <>
      <PageHeader title="Needs attention">
        {mayMoveMoney(viewer)
          ? "The most urgent first. Whatever these books can find out by themselves, they do; the rest is decided here."
          : "The most urgent first. Your role may look; an administrator decides."}
      </PageHeader>
      <Card className="overflow-hidden">
        <Filters query={query} />
        <Suspense
          key={JSON.stringify(query)}
          fallback={<ListSkeleton label="Loading cases" rows={6} />}
        >
          <Results viewer={viewer} query={query} />
        </Suspense>
      </Card>
    </>
  );
}
