import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import { gatewayNames } from "#lib/domain/payment";
import { webhookStates } from "#lib/domain/webhook";
import { listWebhookEvents } from "#lib/webhooks/list-webhook-events";
import { readWebhookQuery, type WebhookQuery } from "../../../components/admin/admin-query.ts";
import { webhookStateWords } from "../../../components/admin/webhook-words.ts";
import { WebhooksTable } from "../../../components/admin/webhooks-table.tsx";
import { hrefWith } from "../../../components/transactions/page-links.ts";
import type { RawQuery } from "../../../components/transactions/transaction-query.ts";
import { gatewayWords } from "../../../components/transactions/words.ts";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { FilterForm, FilterSelect } from "../../../components/ui/filter-form.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { Pagination } from "../../../components/ui/pagination.tsx";
import { ListSkeleton } from "../../../components/ui/skeleton.tsx";
import { UnreadablePage } from "../../../components/ui/unreadable-page.tsx";
import { orUnreadable } from "../../found.ts";

export const metadata: Metadata = { title: "Webhooks" };

const path = "/admin/webhooks";
const pageSize = 40;

const stateOptions = webhookStates.map((state) => ({
  value: state,
  label: webhookStateWords[state].label,
}));
const gatewayOptions = gatewayNames.map((gateway) => ({
  value: gateway,
  label: gatewayWords(gateway),
}));

async function Results({ viewer, query }: { viewer: Viewer; query: WebhookQuery }) {
  const { state, gateway, cursor } = query;
  const page = await orUnreadable(
    listWebhookEvents(viewer, { limit: pageSize, cursor, state, gateway }),
  );
  if (page === null) return <UnreadablePage firstHref={path} />;
  if (page.items.length === 0) {
    return (
      <EmptyState title="No webhook here" icon={<Inbox className="size-6" />}>
        {state === undefined && gateway === undefined
          ? "What gateways tell by themselves appears here."
          : "None matches."}
      </EmptyState>
    );
  }
  const kept = { state, gateway };
  return (
    <>
      <WebhooksTable caption="Webhooks" rows={page.items} mayAct={mayMoveMoney(viewer)} />
      <Pagination
        label="Pages of webhooks"
        firstHref={cursor === undefined ? null : hrefWith(path, kept)}
        nextHref={
          page.nextCursor === null ? null : hrefWith(path, { ...kept, cursor: page.nextCursor })
        }
      />
    </>
  );
}

/** What gateways told us, newest first, and what became of it. */
export default async function WebhooksPage({ searchParams }: { searchParams: Promise<RawQuery> }) {
  const viewer = await requireStaff(path);
  const query = readWebhookQuery(await searchParams);
  const { state, gateway } = query;
  return (
    <>
      <PageHeader title="Webhooks">What gateways told by themselves, newest first.</PageHeader>
      <Card className="overflow-hidden">
        <FilterForm action={path} filtered={state !== undefined || gateway !== undefined}>
          <FilterSelect
            name="state"
            label="State"
            value={state}
            anyLabel="Any"
            options={stateOptions}
            className="sm:w-44"
          />
          <FilterSelect
            name="gateway"
            label="Gateway"
            value={gateway}
            anyLabel="Any"
            options={gatewayOptions}
            className="sm:w-44"
          />
        </FilterForm>
        <Suspense
          key={JSON.stringify(query)}
          fallback={<ListSkeleton label="Loading webhooks" rows={10} />}
        >
          <Results viewer={viewer} query={query} />
        </Suspense>
      </Card>
    </>
  );
}
