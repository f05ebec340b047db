import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import type { TransactionDetail } from "#lib/payments/get-transaction";
import { CardSection } from "../ui/card.tsx";
import { AuditTable } from "./audit-table.tsx";
import { LedgerTable } from "./ledger-table.tsx";
import { OperationsTable } from "./operations-table.tsx";
import { WebhooksTable } from "./webhooks-table.tsx";

/** What was written down about a payment: calls to the gateway, its webhooks, the ledger, the audit. */
export function TransactionRecords({
  detail,
  viewer,
}: {
  detail: TransactionDetail;
  viewer: Viewer;
}) {
  const { operations, ledger, timeline, transaction, webhookEvents } = detail;
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
      {webhookEvents.length === 0 ? null : (
        <CardSection id="webhooks" title="Webhooks" bodyClassName="p-0 sm:p-0">
          <WebhooksTable
            caption="Webhooks about this payment"
            rows={webhookEvents}
            mayAct={mayMoveMoney(viewer)}
            linksTransaction={false}
          />
        </CardSection>
      )}
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
