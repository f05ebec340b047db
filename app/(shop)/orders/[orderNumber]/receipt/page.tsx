import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireViewer } from "#lib/auth/session";
import { orderNumberPattern } from "#lib/domain/ids";
import { displayMoney } from "#lib/domain/money";
import { tookMoney } from "#lib/domain/payment";
import { getOrderWithPayments } from "#lib/orders/list-orders";
import { OrderItems } from "../../../../../components/orders/order-items.tsx";
import { PrintButton } from "../../../../../components/orders/print-button.tsx";
import { Logo } from "../../../../../components/shop/logo.tsx";
import {
  cardWords,
  gatewayWords,
  standingWords,
} from "../../../../../components/transactions/words.ts";
import { Badge } from "../../../../../components/ui/badge.tsx";
import { buttonVariants } from "../../../../../components/ui/button.tsx";
import { Card } from "../../../../../components/ui/card.tsx";
import { EmptyState } from "../../../../../components/ui/empty-state.tsx";
import { Fact, Facts } from "../../../../../components/ui/facts.tsx";
import { PageHeader } from "../../../../../components/ui/page-header.tsx";
import { Separator } from "../../../../../components/ui/separator.tsx";
import { TextLink } from "../../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../../found.ts";
import { Link } from "../../../../../components/ui/link.tsx";

export const metadata: Metadata = { title: "Receipt" };

type Props = { params: Promise<{ orderNumber: string }> };
type Found = Awaited<ReturnType<typeof getOrderWithPayments>>;

function NoReceipt({ orderNumber }: { orderNumber: string }) {
  return (
    <Card>
      <EmptyState
        title="This order is not paid yet"
        action={
          <Link
            href={`/checkout/${orderNumber}`}
            className={buttonVariants({ variant: "primary" })}
          >
            Go to the checkout
          </Link>
        }
      >
        Its receipt appears here as soon as it is. Nothing was charged so far.
      </EmptyState>
    </Card>
  );
}

type Payment = Found["transactions"][number];

function thanks(payment: Payment): string {
  if (payment.status === "authorized" || payment.capturedMinor < payment.authorizedMinor)
    return `Thank you. ${standingWords(payment)}`;
  return "Thank you. You were charged once, and nothing more is due.";
}

function ReceiptBody({ order, payment }: { order: Found["order"]; payment: Payment }) {
  const { currency } = order;
  const isAuthorised = payment.status === "authorized";
  return (
    <Card className="p-6 sm:p-8 print:border-0 print:p-0">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <Logo />
        {isAuthorised ? (
          <Badge tone="info">Payment authorised</Badge>
        ) : (
          <Badge tone="success">Payment received</Badge>
        )}
      </div>
      <p className="nums mt-8 text-3xl font-semibold tracking-tight">
        {displayMoney(isAuthorised ? payment.amountMinor : payment.capturedMinor, currency)}
      </p>
      <p className="text-muted mt-1 text-sm">{thanks(payment)}</p>
      <Separator className="my-6" />
      <Facts>
        <Fact name="Order">{order.orderNumber}</Fact>
        <Fact name="Billed to">{order.userEmail}</Fact>
        <Fact name="Paid with">{cardWords(payment.metadata) ?? gatewayWords(payment.gateway)}</Fact>
        <Fact name="Date">
          <TimeStamp at={payment.createdAt} />
        </Fact>
        <Fact name="Transaction">
          <TextLink href={`/transactions/${payment.transactionId}`}>
            {payment.transactionId}
          </TextLink>
        </Fact>
        {payment.capturableMinor > 0n ? (
          <Fact name="Set aside by your bank">
            {displayMoney(payment.capturableMinor, currency)}
          </Fact>
        ) : null}
        {payment.refundedMinor > 0n ? (
          <Fact name="Given back since">{displayMoney(payment.refundedMinor, currency)}</Fact>
        ) : null}
      </Facts>
      <Separator className="my-6" />
      <OrderItems items={order.items} totalMinor={order.amountMinor} currency={currency} />
    </Card>
  );
}

export default async function ReceiptPage({ params }: Props) {
  const { orderNumber } = await params;
  const viewer = await requireViewer(`/orders/${orderNumber}/receipt`);
  if (!orderNumberPattern.test(orderNumber)) notFound();
  const { order, transactions } = await orNotFound(getOrderWithPayments(viewer, orderNumber));
  const payment =
    transactions.find(({ status, excessCapture }) => tookMoney(status) && !excessCapture) ??
    transactions.find(({ status }) => status === "authorized");
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader
        title="Receipt"
        trail={
          <span className="print:hidden">
            <TextLink href={`/orders/${order.orderNumber}`}>{order.orderNumber}</TextLink>
          </span>
        }
        aside={
          payment === undefined ? null : (
            <div className="print:hidden">
              <PrintButton />
            </div>
          )
        }
      />
      {payment === undefined ? (
        <NoReceipt orderNumber={order.orderNumber} />
      ) : (
        <>
          <ReceiptBody order={order} payment={payment} />
          <p className="mt-6 text-center text-sm print:hidden">
            <TextLink href="/">Back to the catalogue</TextLink>
          </p>
        </>
      )}
    </div>
  );
}
