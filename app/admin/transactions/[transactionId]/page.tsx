import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import { transactionIdPattern } from "#lib/domain/ids";
import { displayMoney } from "#lib/domain/money";
import { getTransactionDetail } from "#lib/payments/get-transaction";
import { CaseList } from "../../../../components/admin/case-list.tsx";
import { DisputeList } from "../../../../components/admin/dispute-list.tsx";
import { MoneyBar } from "../../../../components/admin/money-bar.tsx";
import {
  TransactionActions,
  TransactionRefunds,
} from "../../../../components/admin/transaction-actions.tsx";
import { TransactionRecords } from "../../../../components/admin/transaction-records.tsx";
import { OrderItems } from "../../../../components/orders/order-items.tsx";
import { TransactionBadge } from "../../../../components/transactions/status-badge.tsx";
import { readOne, type RawQuery } from "../../../../components/transactions/transaction-query.ts";
import { Timeline } from "../../../../components/transactions/timeline.tsx";
import {
  cardWords,
  declineWords,
  gatewayWords,
  standingWords,
} from "../../../../components/transactions/words.ts";
import { spanWords } from "../../../../components/ui/age-stamp.tsx";
import { Alert } from "../../../../components/ui/alert.tsx";
import { Card, CardSection } from "../../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../../components/ui/facts.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../found.ts";

type Props = {
  params: Promise<{ transactionId: string }>;
  /** `refund=all`, `retry=REF-…` and `capture=all` open their windows. */
  searchParams: Promise<RawQuery>;
};
type Detail = Awaited<ReturnType<typeof getTransactionDetail>>;
type Transaction = Detail["transaction"];

const dayMs = 24 * 3_600_000;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Transaction ${(await params).transactionId.slice(0, 20)}` };
}

function Notices({ detail, viewer, now }: { detail: Detail; viewer: Viewer; now: Date }) {
  const { transaction, cases } = detail;
  return (
    <>
      {cases.length === 0 ? null : (
        <CardSection id="cases" title="Needs attention" className="mb-6" bodyClassName="p-0 sm:p-0">
          <CaseList
            cases={cases}
            now={now}
            mayAct={mayMoveMoney(viewer)}
            linksTransaction={false}
          />
        </CardSection>
      )}
      {transaction.status === "processing" ? (
        <Alert tone="warning" title="The outcome is not known yet" className="mb-6">
          The gateway is asked automatically until it answers, and each time this page is opened.
          Nobody is charged twice.
        </Alert>
      ) : null}
      {transaction.authorizationPendingMinor > 0n ? (
        <Alert tone="warning" title="A capture or release is under way" className="mb-6">
          The gateway has not told yet how it ended. It is asked automatically until it does, and
          each time this page is opened. Nothing is taken twice.
        </Alert>
      ) : null}
    </>
  );
}

function HoldFact({ transaction, now }: { transaction: Transaction; now: Date }) {
  const { authorizationExpiresAt: endsAt, capturableMinor } = transaction;
  if (endsAt === null || capturableMinor === 0n) return null;
  const leftMs = endsAt.getTime() - now.getTime();
  return (
    <Fact name="Held until">
      <TimeStamp at={endsAt} />{" "}
      <span className={leftMs < dayMs ? "text-danger font-medium" : "text-muted"}>
        {leftMs > 0 ? `${spanWords(leftMs)} left` : "over: it is being released"}
      </span>
    </Fact>
  );
}

function Details({ transaction, now }: { transaction: Transaction; now: Date }) {
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
      {transaction.captureMethod === "manual" ? (
        <Fact name="Capture">By hand, after the authorisation</Fact>
      ) : null}
      <HoldFact transaction={transaction} now={now} />
      <Fact name="Id at the gateway">
        <span className="font-mono text-xs">{transaction.gatewayTransactionId ?? "–"}</span>
      </Fact>
      {transaction.errorCode === null ? null : (
        <Fact name="Ended because">
          {endWords(transaction)}{" "}
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

/** Which window the address asks for. */
function asksOf(query: RawQuery): "refund" | "capture" | null {
  if (readOne(query, "refund") === "all") return "refund";
  return readOne(query, "capture") === "all" ? "capture" : null;
}

/** Why it came to nothing, where it did. */
function endWords({ status, errorCode, errorMessage }: Transaction): string {
  return status === "cancelled" && errorMessage !== ""
    ? errorMessage
    : declineWords(errorCode).title;
}

export default async function AdminTransactionPage({ params, searchParams }: Props) {
  const { transactionId } = await params;
  const viewer = await requireStaff(`/admin/transactions/${transactionId}`);
  if (!transactionIdPattern.test(transactionId)) notFound();
  const detail = await orNotFound(getTransactionDetail(viewer, transactionId));
  const { transaction, order, disputes, timeline } = detail;
  const query = await searchParams;
  const now = new Date();
  return (
    <>
      <PageHeader
        title={transaction.transactionId}
        trail={<TextLink href="/admin/transactions">Transactions</TextLink>}
        aside={<TransactionActions detail={detail} viewer={viewer} asks={asksOf(query)} />}
      />
      <Notices detail={detail} viewer={viewer} now={now} />
      <Card className="mb-6 p-4 sm:p-6">
        <div className="flex flex-wrap items-center gap-3">
          <p className="nums text-2xl font-semibold tracking-tight">
            {displayMoney(transaction.amountMinor, transaction.currency)}
          </p>
          <TransactionBadge status={transaction.status} />
        </div>
        <p className="text-muted mt-1.5 mb-5 text-sm">{standingWords(transaction, true)}</p>
        <MoneyBar {...transaction} />
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
            <Details transaction={transaction} now={now} />
          </CardSection>
          <CardSection id="refunds" title="Refunds">
            <TransactionRefunds
              detail={detail}
              viewer={viewer}
              asksRetry={readOne(query, "retry")}
            />
          </CardSection>
          {disputes.length === 0 ? null : (
            <CardSection id="disputes" title="Disputes">
              <DisputeList disputes={disputes} now={now} />
            </CardSection>
          )}
        </div>
      </div>
      <TransactionRecords detail={detail} viewer={viewer} />
    </>
  );
}
