import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireViewer } from "#lib/auth/session";
import { orderNumberPattern } from "#lib/domain/ids";
import { displayMoney } from "#lib/domain/money";
import { getOrderWithPayments } from "#lib/orders/list-orders";
import { OrderItems } from "../../../../components/orders/order-items.tsx";
import { OrderBadge, TransactionBadge } from "../../../../components/transactions/status-badge.tsx";
import {
  cardWords,
  gatewayWords,
  standingWords,
  transactionStatusWords,
} from "../../../../components/transactions/words.ts";
import { Badge } from "../../../../components/ui/badge.tsx";
import { buttonVariants } from "../../../../components/ui/button.tsx";
import { CardSection } from "../../../../components/ui/card.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../found.ts";
import { Link } from "../../../../components/ui/link.tsx";

type Props = { params: Promise<{ orderNumber: string }> };
type Found = Awaited<ReturnType<typeof getOrderWithPayments>>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Order ${(await params).orderNumber.slice(0, 20)}` };
}

function Payments({ transactions }: { transactions: Found["transactions"] }) {
  if (transactions.length === 0)
    return <p className="text-muted text-sm">Nobody has tried to pay it yet.</p>;
  return (
    <ul className="divide-line divide-y">
      {transactions.map((transaction) => (
        <li key={transaction.transactionId} className="py-3 first:pt-0 last:pb-0">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
            <TextLink
              href={`/transactions/${transaction.transactionId}`}
              className="inline-flex min-h-10 items-center"
            >
              {transaction.transactionId}
            </TextLink>
            <TransactionBadge status={transaction.status} />
          </div>
          <p className="text-muted mt-1 text-sm">{standingWords(transaction)}</p>
          <p className="text-muted mt-1 text-xs">
            {cardWords(transaction.metadata) ?? gatewayWords(transaction.gateway)},{" "}
            <TimeStamp at={transaction.createdAt} />
          </p>
        </li>
      ))}
    </ul>
  );
}

type ActionProps = { order: Found["order"]; isAuthorised: boolean; mayPay: boolean };

function Action({ order, isAuthorised, mayPay }: ActionProps) {
  if (order.status === "paid" || isAuthorised) {
    return (
      <Link
        href={`/orders/${order.orderNumber}/receipt`}
        className={buttonVariants({ variant: "secondary" })}
      >
        Receipt
      </Link>
    );
  }
  if (order.status !== "pending" || !mayPay) return null;
  return (
    <Link
      href={`/checkout/${order.orderNumber}`}
      className={buttonVariants({ variant: "primary" })}
    >
      Pay {displayMoney(order.amountMinor, order.currency)}
    </Link>
  );
}

export default async function OrderPage({ params }: Props) {
  const { orderNumber } = await params;
  const viewer = await requireViewer(`/orders/${orderNumber}`);
  if (!orderNumberPattern.test(orderNumber)) notFound();
  const { order, transactions } = await orNotFound(getOrderWithPayments(viewer, orderNumber));
  const isAuthorised =
    order.status === "pending" && transactions.some(({ status }) => status === "authorized");
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title={`Order ${order.orderNumber}`}
        trail={<TextLink href="/orders">Orders</TextLink>}
        aside={
          <Action order={order} isAuthorised={isAuthorised} mayPay={viewer.role !== "support"} />
        }
      >
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {isAuthorised ? (
            <Badge tone={transactionStatusWords.authorized.tone}>
              {transactionStatusWords.authorized.label}
            </Badge>
          ) : (
            <OrderBadge status={order.status} />
          )}
          <span>
            Ordered <TimeStamp at={order.createdAt} />
            {order.userId === viewer.userId ? null : ` by ${order.userEmail}`}
          </span>
        </span>
      </PageHeader>
      <div className="space-y-6">
        <CardSection id="parts" title="Parts">
          <OrderItems
            items={order.items}
            totalMinor={order.amountMinor}
            currency={order.currency}
          />
        </CardSection>
        <CardSection id="payments" title="Payments">
          <Payments transactions={transactions} />
        </CardSection>
      </div>
    </div>
  );
}
