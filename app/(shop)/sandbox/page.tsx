import { FlaskConical } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requireViewer } from "#lib/auth/session";
import type { Viewer } from "#lib/domain/actor";
import { isPaymentError } from "#lib/domain/errors";
import { gatewayNames, type GatewayName } from "#lib/domain/payment";
import { getEnv } from "#lib/env";
import { listTransactions } from "#lib/payments/list-transactions";
import { readSandbox } from "#lib/sandbox/control";
import type { SandboxFault } from "#lib/sandbox/book";
import { ActForm } from "../../../components/sandbox/act-form.tsx";
import {
  CallsTable,
  ChargesTable,
  EventsTable,
  PartsTable,
} from "../../../components/sandbox/book-tables.tsx";
import { ClockForm } from "../../../components/sandbox/clock-form.tsx";
import { FaultForm } from "../../../components/sandbox/fault-form.tsx";
import { GatewayTabs } from "../../../components/sandbox/gateway-tabs.tsx";
import { WaitingFaults } from "../../../components/sandbox/waiting-faults.tsx";
import type { RawQuery } from "../../../components/transactions/transaction-query.ts";
import { CardSection } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";

export const metadata: Metadata = { title: "Sandbox" };

const path = "/sandbox";
const ownPayments = 10;

function readGateway({ gateway }: RawQuery): GatewayName {
  return gatewayNames.find((name) => name === gateway) ?? "dummy";
}

/** The book, or null where the sandbox does not answer. */
async function readOrNull(gateway: GatewayName) {
  try {
    return await readSandbox(gateway);
  } catch (error) {
    if (isPaymentError(error)) return null;
    throw error;
  }
}

function Away() {
  return (
    <EmptyState title="The sandbox does not answer" icon={<FlaskConical className="size-6" />}>
      It is a process of the demo on this machine. Load the page again in a moment; if it stays
      away, start the demo again. The shop and its payments are kept.
    </EmptyState>
  );
}

type FormsProps = {
  gateway: GatewayName;
  clockOffsetS: number;
  faults: readonly SandboxFault[] | null;
  payments: readonly string[];
};

function Forms({ gateway, clockOffsetS, faults, payments }: FormsProps) {
  return (
    <div className="grid gap-5 lg:grid-cols-3">
      <CardSection id="fault" title="Have something go wrong">
        <WaitingFaults faults={faults} />
        <FaultForm key={gateway} gateway={gateway} />
      </CardSection>
      <CardSection id="happen" title="Have something happen there">
        <ActForm key={gateway} gateway={gateway} payments={payments} />
      </CardSection>
      <CardSection id="clock" title="Move the clock">
        <ClockForm offsetS={clockOffsetS} />
      </CardSection>
    </div>
  );
}

async function Gateway({ gateway, viewer }: { gateway: GatewayName; viewer: Viewer }) {
  const [found, own] = await Promise.all([
    readOrNull(gateway),
    listTransactions(viewer, { limit: ownPayments, gateway, userId: viewer.userId }),
  ]);
  if (found === null) return <Away />;
  const { book, clockOffsetS } = found;
  const payments = new Set([
    ...own.items.map(({ transactionId }) => transactionId),
    ...book.charges.map((charge) => charge.merchant_reference).filter((name) => name !== ""),
  ]);
  return (
    <div className="space-y-5">
      <Forms
        gateway={gateway}
        clockOffsetS={clockOffsetS}
        faults={book.faults}
        payments={[...payments]}
      />
      <ChargesTable rows={book.charges} />
      <PartsTable
        id="refunds"
        title="Refunds"
        nothing="Nothing was given back."
        nobody="From its dashboard"
        rows={book.refunds}
      />
      <PartsTable
        id="disputes"
        title="Disputes"
        nothing="Nobody has objected."
        nobody="By the card holder"
        rows={book.disputes}
      />
      {book.events === null ? null : <EventsTable rows={book.events} />}
      <CallsTable rows={book.calls} />
    </div>
  );
}

/** The demo's gateways from their own side: their books, what goes wrong there, and their clock. */
export default async function SandboxPage({ searchParams }: { searchParams: Promise<RawQuery> }) {
  if (!getEnv().isDemo) notFound();
  const viewer = await requireViewer(path);
  const gateway = readGateway(await searchParams);
  return (
    <>
      <PageHeader title="Sandbox">
        Stand-ins for the five gateways, on this machine. Their books are kept apart from the
        shop&apos;s, and no real money moves.
      </PageHeader>
      <GatewayTabs path={path} current={gateway} />
      <Suspense key={gateway} fallback={<ListSkeleton label="Reading the book" rows={8} />}>
        <Gateway gateway={gateway} viewer={viewer} />
      </Suspense>
    </>
  );
}
