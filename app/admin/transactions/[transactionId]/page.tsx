import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import { transactionIdPattern } from "#lib/domain/ids";
import { displayMoney, formatAmount } from "#lib/domain/money";
import { tookMoney } from "#lib/domain/payment";
import { getTransactionDetail } from "#lib/payments/get-transaction";
import { AuditTable } from "../../../../components/admin/audit-table.tsx";
import { LedgerTable } from "../../../../components/admin/ledger-table.tsx";
import { MoneyBar } from "../../../../components/admin/money-bar.tsx";
import { OperationsTable } from "../../../../components/admin/operations-table.tsx";
import { RefundDialog } from "../../../../components/admin/refund-dialog.tsx";
import { OrderItems } from "../../../../components/orders/order-items.tsx";
import { RefundList } from "../../../../components/transactions/refund-list.tsx";
import { TransactionBadge } from "../../../../components/transactions/status-badge.tsx";
import { Timeline } from "../../../../components/transactions/timeline.tsx";
import {
  cardWords,
  declineWords,
  gatewayWords,
  transactionStatusSentences,
} from "../../../../components/transactions/words.ts";
import { Alert } from "../../../../components/ui/alert.tsx";
import { Card, CardSection } from "../../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../../components/ui/facts.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../found.ts";

type Props = { params: Promise<{ transactionId: string }> };
type Detail = Awaited<ReturnType<typeof getTransactionDetail>>;
type Transaction = Detail["transaction"];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Transaction ${(await params).transactionId.slice(0, 20)}` };
}

function RefundArea({ transaction, viewer }: { transaction: Transaction; viewer: Viewer }) {
  if (!tookMoney(transaction.status)) return null;
  if (!mayMoveMoney(viewer)) {
    return (
      <p className="text-muted max-w-56 text-sm">
        Your role may look but not move money. Ask an administrator to refund.
      </p>
    );
  }
  const { currency, refundableMinor } = transaction;
  return (
    <RefundDialog
      transactionId={transaction.transactionId}
      currency={currency}
      refundable={refundableMinor > 0n ? formatAmount(refundableMinor, currency) : null}
      destination={cardWords(transaction.metadata) ?? gatewayWords(transaction.gateway)}
    />
  );
}

function Notices({ transaction }: { transaction: Transaction }) {
  return (
    <>
      {transaction.excessCapture && transaction.refundableMinor > 0n ? (
        <Alert tone="danger" title="This order was paid already" className="mb-6">
          This money was taken in excess. Refund this payment, unless the shopper and you agreed
          otherwise.
        </Alert>
      ) : null}
      {transaction.status === "processing" ? (
        <Alert tone="warning" title="The outcome is not known yet" className="mb-6">
          The gateway is asked automatically until it answers, and each time this page is opened.
          Nobody is charged twice.
        </Alert>
      ) : null}
    </>
  );
}

function Details({ transaction }: { transaction: Transaction }) {
  return (
    <Facts>
      <Fact name="Customer">
        <TextLink href={`/admin/transactions?search=${encodeURIComponent(transaction.userEmail)}`}>
          {transaction.userEmail}
        </TextLink>
      </Fact>
      <Fact name="Order">
        <TextLink href={`/orders/${transaction.orderNumber}`}>{transaction.orderNumber}</TextLink>
      </Fact>
      <Fact name="Method">{cardWords(transaction.metadata) ?? "–"}</Fact>
      <Fact name="Gateway">{gatewayWords(transaction.gateway)}</Fact>
      <Fact name="Id at the gateway">
        <span className="font-mono text-xs">{transaction.gatewayTransactionId ?? "–"}</span>
      </Fact>
      {transaction.errorCode === null ? null : (
        <Fact name="Declined because">
          {declineWords(transaction.errorCode).title}{" "}
          <span className="text-muted font-mono text-xs">{transaction.errorCode}</span>
        </Fact>
      )}
      <Fact name="Created">
        <TimeStamp at={transaction.createdAt} precision="second" />
      </Fact>
      <Fact name="Last change">
        <TimeStamp at={transaction.updatedAt} precision="second" />
      </Fact>
    </Facts>
  );
}

function Records({ detail }: { detail: Detail }) {
  const { operations, ledger, timeline, transaction } = detail;
  const empty = (text: string) => <p className="text-muted p-4 text-sm sm:p-5">{text}</p>;
  return (
    <div className="mt-6 space-y-6">
      <CardSection id="operations" title="Operations" bodyClassName="p-0 sm:p-0">
        {operations.length === 0 ? (
          empty("The gateway was not asked for anything yet.")
        ) : (
          <OperationsTable operations={operations} currency={transaction.currency} />
        )}
      </CardSection>
      <CardSection id="ledger" title="Ledger" bodyClassName="p-0 sm:p-0">
        {ledger.length === 0 ? (
          empty("No money moved, so there are no entries.")
        ) : (
          <LedgerTable lines={ledger} />
        )}
      </CardSection>
      <CardSection id="audit" title="Audit log" bodyClassName="p-0 sm:p-0">
        {timeline.length === 0 ? (
          empty("Nothing was recorded yet.")
        ) : (
          <AuditTable events={timeline} />
        )}
      </CardSection>
    </div>
  );
}

export default async function AdminTransactionPage({ params }: Props) {
  const { transactionId } = await params;
  const viewer = await requireStaff(`/admin/transactions/${transactionId}`);
  if (!transactionIdPattern.test(transactionId)) notFound();
  const detail = await orNotFound(getTransactionDetail(viewer, transactionId));
  const { transaction, order, refunds, timeline } = detail;
  return (
    <>
      <PageHeader
        title={transaction.transactionId}
        trail={<TextLink href="/admin/transactions">Transactions</TextLink>}
        aside={<RefundArea transaction={transaction} viewer={viewer} />}
      />
      <Notices transaction={transaction} />
      <Card className="mb-6 p-4 sm:p-6">
        <div className="flex flex-wrap items-center gap-3">
          <p className="nums text-2xl font-semibold tracking-tight">
            {displayMoney(transaction.amountMinor, transaction.currency)}
          </p>
          <TransactionBadge status={transaction.status} />
        </div>
        <p className="text-muted mt-1.5 mb-5 text-sm">
          {transactionStatusSentences[transaction.status]}
        </p>
        <MoneyBar
          capturedMinor={transaction.capturedMinor}
          refundedMinor={transaction.refundedMinor}
          refundPendingMinor={transaction.refundPendingMinor}
          refundableMinor={transaction.refundableMinor}
          currency={transaction.currency}
        />
      </Card>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="space-y-6">
          <CardSection id="timeline" title="Timeline">
            <Timeline events={timeline} forStaff />
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
          <CardSection id="details" title="Details">
            <Details transaction={transaction} />
          </CardSection>
          <CardSection id="refunds" title="Refunds">
            {refunds.length === 0 ? (
              <p className="text-muted text-sm">Nothing was refunded.</p>
            ) : (
              <RefundList refunds={refunds} forStaff />
            )}
          </CardSection>
        </div>
      </div>
      <Records detail={detail} />
    </>
  );
}
