import { ReceiptText } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { requireViewer } from "#lib/auth/session";
import type { Viewer } from "#lib/domain/actor";
import { listTransactions } from "#lib/payments/list-transactions";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import { TransactionFilters } from "../../../components/transactions/transaction-filters.tsx";
import { TransactionList } from "../../../components/transactions/transaction-list.tsx";
import {
  isFiltered,
  readTransactionQuery,
  type RawQuery,
  type TransactionQuery,
} from "../../../components/transactions/transaction-query.ts";
import { buttonVariants } from "../../../components/ui/button.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";
import { orUnreadable } from "../../found.ts";
import { Link } from "../../../components/ui/link.tsx";

export const metadata: Metadata = { title: "Transactions" };

const path = "/transactions";
const pageSize = 20;

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      title={filtered ? "No transaction matches these filters" : "No transactions yet"}
      icon={<ReceiptText className="size-6" />}
      action={
        <Link href={filtered ? path : "/"} className={buttonVariants({ variant: "secondary" })}>
          {filtered ? "Show all of them" : "Find a part"}
        </Link>
      }
    >
      {filtered
        ? "Try another status, or leave the order out."
        : "Each payment you make or try appears here."}
    </EmptyState>
  );
}

function Unreadable() {
  return (
    <EmptyState
      title="This page of the list cannot be found"
      action={
        <Link href={path} className={buttonVariants({ variant: "secondary" })}>
          To the newest
        </Link>
      }
    >
      Its address was cut short or is out of date.
    </EmptyState>
  );
}

async function Results({ viewer, query }: { viewer: Viewer; query: TransactionQuery }) {
  const { status, gateway, order, cursor } = query;
  const page = await orUnreadable(
    listTransactions(viewer, {
      limit: pageSize,
      cursor,
      status,
      gateway,
      orderNumber: order,
      userId: viewer.userId,
    }),
  );
  if (page === null) return <Unreadable />;
  if (page.items.length === 0) return <Nothing filtered={isFiltered(query)} />;
  return (
    <>
      <TransactionList rows={page.items} />
      <Pagination
        label="Pages of transactions"
        firstHref={cursor === undefined ? null : hrefWith(path, { status, gateway, order })}
        nextHref={
          page.nextCursor === null
            ? null
            : hrefWith(path, { status, gateway, order, cursor: page.nextCursor })
        }
      />
    </>
  );
}

export default async function TransactionsPage({
  searchParams,
}: {
  searchParams: Promise<RawQuery>;
}) {
  const viewer = await requireViewer(path);
  const query = readTransactionQuery(await searchParams);
  return (
    <>
      <PageHeader title="Your transactions">
        Each payment you made or tried, newest first.
      </PageHeader>
      <Card className="overflow-hidden">
        <div className="border-line border-b">
          <TransactionFilters action={path} query={query} />
        </div>
        <Suspense
          key={JSON.stringify(query)}
          fallback={<ListSkeleton label="Loading your transactions" />}
        >
          <Results viewer={viewer} query={query} />
        </Suspense>
      </Card>
    </>
  );
}
