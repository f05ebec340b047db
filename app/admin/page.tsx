import type { Metadata } from "next";
import { requireStaff } from "#lib/auth/session";
import { displayMoney } from "#lib/domain/money";
import { getOverview } from "#lib/payments/get-overview";
import { AttentionList } from "../../components/admin/attention-list.tsx";
import { TransactionsTable } from "../../components/admin/transactions-table.tsx";
import { Card, CardSection } from "../../components/ui/card.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";
import { TextLink } from "../../components/ui/text-link.tsx";

export const metadata: Metadata = { title: "Overview" };

type Volume = Awaited<ReturnType<typeof getOverview>>["volumeByCurrency"][number];

function VolumeCard({ volume }: { volume: Volume }) {
  const { currency, capturedMinor, refundedMinor, count } = volume;
  return (
    <Card className="p-4 sm:p-5">
      <h3 className="text-muted text-sm font-medium">Kept in {currency}</h3>
      <p className="nums mt-1 text-2xl font-semibold tracking-tight">
        {displayMoney(capturedMinor - refundedMinor, currency)}
      </p>
      <p className="nums text-muted mt-1 text-xs">
        {displayMoney(capturedMinor, currency)} captured in {count}{" "}
        {count === 1 ? "payment" : "payments"}, {displayMoney(refundedMinor, currency)} refunded
      </p>
    </Card>
  );
}

export default async function OverviewPage() {
  const viewer = await requireStaff("/admin");
  const { volumeByCurrency, needsAttention, recent } = await getOverview(viewer);
  return (
    <>
      <PageHeader title="Overview" />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <CardSection
          id="attention"
          title="Needs attention"
          aside={
            <TextLink href="/admin/cases" className="-my-2 inline-flex min-h-10 items-center">
              See all
            </TextLink>
          }
        >
          <AttentionList items={needsAttention} />
        </CardSection>
        <section aria-labelledby="volume" className="min-w-0">
          <h2 id="volume" className="sr-only">
            Volume
          </h2>
          {volumeByCurrency.length === 0 ? (
            <Card className="text-muted p-5 text-sm">
              No money was taken yet. The first payment appears here.
            </Card>
          ) : (
            <div className="grid gap-4 sm:grid-cols-2">
              {volumeByCurrency.map((volume) => (
                <VolumeCard key={volume.currency} volume={volume} />
              ))}
            </div>
          )}
        </section>
      </div>
      <CardSection
        id="recent"
        title="Latest transactions"
        aside={
          <TextLink href="/admin/transactions" className="-my-2 inline-flex min-h-10 items-center">
            See all
          </TextLink>
        }
        className="mt-6"
        bodyClassName="p-0 sm:p-0"
      >
        {recent.length === 0 ? (
          <p className="text-muted p-5 text-sm">Nobody has paid yet.</p>
        ) : (
          <TransactionsTable caption="Latest transactions" rows={recent} />
        )}
      </CardSection>
    </>
  );
}
