import { PackageOpen } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireViewer } from "#lib/auth/session";
import { isStaff } from "#lib/domain/actor";
import { displayMoney } from "#lib/domain/money";
import { listOrders } from "#lib/orders/list-orders";
import { OrderBadge } from "../../../components/transactions/status-badge.tsx";
import { buttonVariants } from "../../../components/ui/button.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { TimeStamp } from "../../../components/ui/time-stamp.tsx";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import { orUnreadable } from "../../found.ts";
import { Link } from "../../../components/ui/link.tsx";

export const metadata: Metadata = { title: "Orders" };

const pageSize = 20;

type Order = Awaited<ReturnType<typeof listOrders>>["items"][number];
type SearchParams = Promise<Record<string, string | string[] | undefined>>;

function summaryOf(items: Order["items"]): string {
  const [first, ...others] = items;
  if (first === undefined) return "";
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}

function OrderRow({ order, withOwner }: { order: Order; withOwner: boolean }) {
  return (
    <Link
      href={`/orders/${order.orderNumber}`}
      className="hover:bg-sunken grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 px-4 py-4 sm:px-5"
    >
      <span className="min-w-0">
        <span className="block truncate font-medium">{summaryOf(order.items)}</span>
        <span className="text-muted mt-0.5 block text-xs">
          <span className="whitespace-nowrap">{order.orderNumber}</span>,{" "}
          <TimeStamp at={order.createdAt} precision="date" />
          {withOwner ? `, ${order.userEmail}` : null}
        </span>
      </span>
      <span className="flex flex-col items-end gap-1.5 sm:flex-row sm:items-center sm:gap-4">
        <span className="nums font-semibold">
          {displayMoney(order.amountMinor, order.currency)}
        </span>
        <OrderBadge status={order.status} />
      </span>
    </Link>
  );
}

export default async function OrdersPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer("/orders");
  const { cursor: given } = await searchParams;
  const cursor = typeof given === "string" && given !== "" ? given : undefined;
  const page = await orUnreadable(listOrders(viewer, { limit: pageSize, cursor }));
  if (page === null) redirect("/orders");
  const staff = isStaff(viewer);
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader title={staff ? "Orders" : "Your orders"}>
        {staff ? "Everybody's orders, newest first." : "What you ordered, newest first."}
      </PageHeader>
      <Card className="overflow-hidden">
        {page.items.length === 0 ? (
          <EmptyState
            title="No orders yet"
            icon={<PackageOpen className="size-6" />}
            action={
              <Link href="/" className={buttonVariants({ variant: "primary" })}>
                Find a part
              </Link>
            }
          >
            What you buy appears here, with its payments and receipts.
          </EmptyState>
        ) : (
          <ul className="divide-line divide-y">
            {page.items.map((order) => (
              <li key={order.orderNumber}>
                <OrderRow order={order} withOwner={staff} />
              </li>
            ))}
          </ul>
        )}
        <Pagination
          label="Pages of orders"
          firstHref={cursor === undefined ? null : "/orders"}
          nextHref={
            page.nextCursor === null ? null : hrefWith("/orders", { cursor: page.nextCursor })
          }
        />
      </Card>
    </div>
  );
}
