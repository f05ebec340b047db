import { SearchX } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { requireStaff } from "#lib/auth/session";
import type { Viewer } from "#lib/domain/actor";
import { listTransactions } from "#lib/payments/list-transactions";
import { TransactionsTable } from "../../../components/admin/transactions-table.tsx";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import { TransactionFilters } from "../../../components/transactions/transaction-filters.tsx";
import {
  isFiltered,
  readTransactionQuery,
  type RawQuery,
  type TransactionQuery,
} from "../../../components/transactions/transaction-query.ts";
import { buttonVariants } from "../../../components/ui/button.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { Field } from "../../../components/ui/field.tsx";
import { Input } from "../../../components/ui/input.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";
import { orUnreadable } from "../../found.ts";
import { Link } from "../../../components/ui/link.tsx";

export const metadata: Metadata = { title: "All transactions" };

const path = "/admin/transactions";
const pageSize = 40;

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      title={filtered ? "No transaction matches" : "No transactions yet"}
      icon={<SearchX className="size-6" />}
      action={
        filtered ? (
          <Link href={path} className={buttonVariants({ variant: "secondary" })}>
            Show all
          </Link>
        ) : undefined
      }
    >
      {filtered
        ? "Ids and order numbers are searched as a whole, e-mails by how they begin."
        : "Each payment that a shopper makes or tries appears here."}
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
  const { status, gateway, order, search, cursor } = query;
  const page = await orUnreadable(
    listTransactions(viewer, {
      limit: pageSize,
      cursor,
      status,
      gateway,
      orderNumber: order,
      search,
    }),
  );
  if (page === null) return <Unreadable />;
  if (page.items.length === 0) return <Nothing filtered={isFiltered(query)} />;
  const kept = { status, gateway, order, search };
  return (
    <>
      <TransactionsTable caption="Transactions" rows={page.items} />
      <Pagination
        label="Pages of transactions"
        firstHref={cursor === undefined ? null : hrefWith(path, kept)}
        nextHref={
          page.nextCursor === null ? null : hrefWith(path, { ...kept, cursor: page.nextCursor })
        }
      />
    </>
  );
}

export default async function AdminTransactionsPage({
  searchParams,
}: {
  searchParams: Promise<RawQuery>;
}) {
  const viewer = await requireStaff(path);
  const query = readTransactionQuery(await searchParams);
  return (
    <>
      <PageHeader title="Transactions" />
      <Card className="overflow-hidden">
        <div className="border-line border-b">
          <TransactionFilters action={path} query={query}>
            <Field id="search" label="Search" className="max-sm:col-span-2 sm:w-72">
              {(control) => (
                <Input
                  {...control}
                  key={query.search ?? ""}
                  type="search"
                  name="search"
                  defaultValue={query.search ?? ""}
                  placeholder="TXN-…, ORD-…, e-mail"
                  spellCheck={false}
                  autoCapitalize="none"
                />
              )}
            </Field>
          </TransactionFilters>
        </div>
        <Suspense
          key={JSON.stringify(query)}
          fallback={<ListSkeleton label="Loading transactions" rows={10} />}
        >
          <Results viewer={viewer} query={query} />
        </Suspense>
      </Card>
    </>
  );
}
