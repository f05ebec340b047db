import type { ReactNode } from "react";
import { displayMoney } from "#lib/domain/money";
import type { RefundStatus } from "#lib/domain/payment";
import { Badge } from "../ui/badge.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { RefundBadge } from "./status-badge.tsx";
import { refundStaffSentences, refundStatusSentences } from "./words.ts";

export type RefundRow = {
  refundId: string;
  amountMinor: bigint;
  currency: string;
  status: RefundStatus;
  reason: string;
  requestedByEmail: string | null;
  /** Asked for here, or made in the gateway's own dashboard. */
  source: "shop" | "gateway";
  errorMessage: string;
  retryOf: string | null;
  retriedBy: string | null;
  createdAt: Date;
};

type RefundListProps = {
  refunds: readonly RefundRow[];
  forStaff?: boolean;
  /** What can be done about a refund that failed. */
  renderAction?: (refund: RefundRow) => ReactNode;
};

function sentenceOf(refund: RefundRow, forStaff: boolean): string {
  if (refund.status === "failed" && refund.retriedBy !== null)
    return `This refund did not go through. It was done over by ${refund.retriedBy}.`;
  return (forStaff ? refundStaffSentences : refundStatusSentences)[refund.status];
}

/** The refunds of one payment. Staff see where each came from, who asked for it, and why one failed. */
export function RefundList({ refunds, forStaff = false, renderAction }: RefundListProps) {
  return (
    <ul className="divide-line divide-y">
      {refunds.map((refund) => (
        <li key={refund.refundId} className="py-3 first:pt-0 last:pb-0">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p className="nums font-medium">{displayMoney(refund.amountMinor, refund.currency)}</p>
            <span className="flex flex-wrap gap-2">
              {forStaff && refund.source === "gateway" ? (
                <Badge tone="neutral">Made at the gateway</Badge>
              ) : null}
              <RefundBadge status={refund.status} />
            </span>
          </div>
          <p className="text-muted mt-1 text-sm">{sentenceOf(refund, forStaff)}</p>
          {forStaff && refund.status === "failed" && refund.errorMessage !== "" ? (
            <p className="text-danger mt-1 text-sm break-words">{refund.errorMessage}</p>
          ) : null}
          {refund.reason === "" || refund.source === "gateway" ? null : (
            <p className="mt-1 text-sm break-words">Reason: {refund.reason}</p>
          )}
          <p className="text-muted mt-1 text-xs break-words">
            <span className="whitespace-nowrap">{refund.refundId}</span>,{" "}
            <TimeStamp at={refund.createdAt} />
            {forStaff && refund.requestedByEmail !== null
              ? `, by ${refund.requestedByEmail}`
              : null}
            {forStaff && refund.retryOf !== null ? `, does ${refund.retryOf} over` : null}
          </p>
          {renderAction?.(refund)}
        </li>
      ))}
    </ul>
  );
}
