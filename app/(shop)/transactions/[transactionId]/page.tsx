import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireViewer } from "#lib/auth/session";
import { transactionIdPattern } from "#lib/domain/ids";
import { displayMoney } from "#lib/domain/money";
import { isUnsettled } from "#lib/domain/payment";
import { getTransactionDetail } from "#lib/payments/get-transaction";
import { OrderItems } from "../../../../components/orders/order-items.tsx";
import { RefundList } from "../../../../components/transactions/refund-list.tsx";
import { TransactionBadge } from "../../../../components/transactions/status-badge.tsx";
import { Timeline } from "../../../../components/transactions/timeline.tsx";
import {
  cardWords,
  gatewayWords,
  standingWords,
} from "../../../../components/transactions/words.ts";
import { buttonVariants } from "../../../../components/ui/button.tsx";
import { Card, CardSection } from "../../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../../components/ui/facts.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../found.ts";
import { Link } from "../../../../components/ui/link.tsx";

type Props = { params: Promise<{ transactionId: string }> };
type Detail = Awaited<ReturnType<typeof getTransactionDetail>>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Transaction ${(await params).transactionId.slice(0, 20)}` };
}

function NextStep({
  transaction,
  orderStatus,
}: {
  transaction: Detail["transaction"];
  orderStatus: string | undefined;
}) {
  if (orderStatus === "paid") {
    return (
      <Link
        href={`/orders/${transaction.orderNumber}/receipt`}
        className={buttonVariants({ variant: "secondary" })}
      >
        Receipt
      </Link>
    );
  }
  if (orderStatus !== "pending") return null;
  if (transaction.status === "authorized") return null;
  return (
    <Link
      href={`/checkout/${transaction.orderNumber}`}
      className={buttonVariants({ variant: "primary" })}
    >
      {isUnsettled(transaction.status) ? "See how it stands" : "Pay this order"}
    </Link>
  );
}

function Amounts({ transaction }: { transaction: Detail["transaction"] }) {
  const { currency } = transaction;
  return (
    <Facts>
      <Fact name="Amount">{displayMoney(transaction.amountMinor, currency)}</Fact>
      {transaction.capturableMinor > 0n ? (
        <Fact name="Set aside by your bank">
          {displayMoney(transaction.capturableMinor, currency)}
        </Fact>
      ) : null}
      <Fact name="Charged">{displayMoney(transaction.capturedMinor, currency)}</Fact>
      {transaction.refundedMinor > 0n ? (
        <Fact name="Given back">{displayMoney(transaction.refundedMinor, currency)}</Fact>
      ) : null}
      {transaction.refundPendingMinor > 0n ? (
        <Fact name="Refund on its way">
          {displayMoney(transaction.refundPendingMinor, currency)}
        </Fact>
      ) : null}
      <Fact name="Paid with">
        {cardWords(transaction.metadata) ?? gatewayWords(transaction.gateway)}
      </Fact>
      <Fact name="Order">
        <TextLink href={`/orders/${transaction.orderNumber}`}>{transaction.orderNumber}</TextLink>
      </Fact>
      <Fact name="Started">
        <TimeStamp at={transaction.createdAt} />
      </Fact>
    </Facts>
  );
}

export default async function TransactionPage({ params }: Props) {
  const { transactionId } = await params;
  const viewer = await requireViewer(`/transactions/${transactionId}`);
  if (!transactionIdPattern.test(transactionId)) notFound();
  const { transaction, order, refunds, timeline } = await orNotFound(
    getTransactionDetail(viewer, transactionId),
  );
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader
        title={transaction.transactionId}
        trail={<TextLink href="/transactions">Transactions</TextLink>}
        aside={<NextStep transaction={transaction} orderStatus={order?.status} />}
      />
      <Card className="mb-6 p-5 sm:p-6">
        <div className="flex flex-wrap items-center gap-3">
          <p className="nums text-3xl font-semibold tracking-tight">
            {displayMoney(transaction.amountMinor, transaction.currency)}
          </p>
          <TransactionBadge status={transaction.status} />
        </div>
        <p className="text-muted mt-2 text-sm">{standingWords(transaction)}</p>
      </Card>
      <div className="grid items-start gap-6 md:grid-cols-2">
        <div className="space-y-6">
          <CardSection id="timeline" title="What happened">
            <Timeline events={timeline} />
          </CardSection>
          {order === null ? null : (
            <CardSection id="parts" title="Parts">
              <OrderItems
                items={order.items}
                totalMinor={order.amountMinor}
                currency={order.currency}
              />
            </CardSection>
          )}
        </div>
        <div className="space-y-6">
          <CardSection id="amounts" title="Details">
            <Amounts transaction={transaction} />
          </CardSection>
          {refunds.length === 0 ? null : (
            <CardSection id="refunds" title="Refunds">
              <RefundList refunds={refunds} />
            </CardSection>
          )}
        </div>
      </div>
    </div>
  );
}
