import { displayMoney } from "#lib/domain/money";
import type { RefundStatus } from "#lib/domain/payment";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { RefundBadge } from "./status-badge.tsx";
import { refundStatusSentences } from "./words.ts";

export type RefundRow = {
  refundId: string;
  amountMinor: bigint;
  currency: string;
  status: RefundStatus;
  reason: string;
  requestedByEmail: string | null;
  createdAt: Date;
};

/** The refunds of one payment. Staff see who asked for each. */
export function RefundList({
  refunds,
  forStaff = false,
}: {
  refunds: readonly RefundRow[];
  forStaff?: boolean;
}) {
  return (
    <ul className="divide-line divide-y">
      {refunds.map((refund) => (
        <li key={refund.refundId} className="py-3 first:pt-0 last:pb-0">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p className="nums font-medium">{displayMoney(refund.amountMinor, refund.currency)}</p>
            <RefundBadge status={refund.status} />
          </div>
          <p className="text-muted mt-1 text-sm">{refundStatusSentences[refund.status]}</p>
          {refund.reason === "" ? null : (
            <p className="mt-1 text-sm break-words">Reason: {refund.reason}</p>
          )}
          <p className="text-muted mt-1 text-xs break-words">
            <span className="whitespace-nowrap">{refund.refundId}</span>,{" "}
            <TimeStamp at={refund.createdAt} />
            {forStaff && refund.requestedByEmail !== null
              ? `, by ${refund.requestedByEmail}`
              : null}
          </p>
        </li>
      ))}
    </ul>
  );
}
