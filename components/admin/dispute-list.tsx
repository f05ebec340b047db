import { displayMoney } from "#lib/domain/money";
import { disputeReasonWords, disputeSentences, disputeStatusWords } from "../transactions/words.ts";
import { Badge } from "../ui/badge.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { Deadline, type DisputeRow } from "./disputes-table.tsx";

/** The disputes of one payment, and what each means for its money. */
export function DisputeList({ disputes, now }: { disputes: readonly DisputeRow[]; now: Date }) {
  return (
    <ul className="divide-line divide-y">
      {disputes.map((dispute) => (
        <li key={dispute.disputeId} className="py-3 first:pt-0 last:pb-0">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p className="nums font-medium">
              {displayMoney(dispute.amountMinor, dispute.currency)}
            </p>
            <Badge tone={disputeStatusWords[dispute.status].tone}>
              {disputeStatusWords[dispute.status].label}
            </Badge>
          </div>
          <p className="mt-1 text-sm">{disputeReasonWords(dispute.reason)}</p>
          <p className="text-muted mt-1 text-sm">{disputeSentences[dispute.status]}</p>
          {dispute.dueBy === null ? null : (
            <div className="mt-1 text-sm">
              <span className="text-muted">Deadline </span>
              <Deadline dispute={dispute} now={now} />
            </div>
          )}
          <p className="text-muted mt-1 text-xs break-words">
            {dispute.disputeId}, at the gateway{" "}
            <span className="font-mono">{dispute.gatewayDisputeId}</span>, opened{" "}
            <TimeStamp at={dispute.createdAt} />
          </p>
        </li>
      ))}
    </ul>
  );
}
