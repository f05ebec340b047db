import { displayMoney } from "#lib/domain/money";
import type { DisputeStatus } from "#lib/domain/payment";
import { disputeReasonWords, disputeStatusWords, gatewayWords } from "../transactions/words.ts";
import { spanWords } from "../ui/age-stamp.tsx";
import { Badge } from "../ui/badge.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";

export type DisputeRow = {
  disputeId: string;
  transactionId: string;
  gateway: string;
  gatewayDisputeId: string;
  status: DisputeStatus;
  reason: string;
  amountMinor: bigint;
  currency: string;
  dueBy: Date | null;
  createdAt: Date;
};

const dayMs = 24 * 3_600_000;
const hurryMs = 3 * dayMs;

/** The deadline and how long there is until it; only while an answer is wanted is it pressing. */
export function Deadline({
  dispute,
  now,
}: {
  dispute: Pick<DisputeRow, "dueBy" | "status">;
  now: Date;
}) {
  const { dueBy, status } = dispute;
  if (dueBy === null) return <span className="text-muted">None told</span>;
  const leftMs = dueBy.getTime() - now.getTime();
  const isWaiting = status === "needs_response";
  return (
    <>
      <TimeStamp at={dueBy} />
      {isWaiting ? (
        <span
          className={`block text-xs ${leftMs < hurryMs ? "text-danger font-medium" : "text-muted"}`}
        >
          {leftMs > 0 ? `${spanWords(leftMs)} left` : `over for ${spanWords(-leftMs)}`}
        </span>
      ) : null}
    </>
  );
}

/** Disputes, a line each. */
export function DisputesTable({ rows, now }: { rows: readonly DisputeRow[]; now: Date }) {
  return (
    <Table caption="Disputes" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Transaction</HeaderCell>
        <HeaderCell numeric>Amount</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Deadline</HeaderCell>
        <HeaderCell>Reason</HeaderCell>
        <HeaderCell>Gateway</HeaderCell>
        <HeaderCell>Opened</HeaderCell>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.disputeId}>
            <Cell className="whitespace-nowrap">
              <TextLink
                href={`/admin/transactions/${row.transactionId}#disputes`}
                className="-my-2.5 inline-flex min-h-10 items-center"
              >
                {row.transactionId}
              </TextLink>
            </Cell>
            <Cell numeric className="font-medium">
              {displayMoney(row.amountMinor, row.currency)}
            </Cell>
            <Cell>
              <Badge tone={disputeStatusWords[row.status].tone}>
                {disputeStatusWords[row.status].label}
              </Badge>
            </Cell>
            <Cell className="whitespace-nowrap">
              <Deadline dispute={row} now={now} />
            </Cell>
            <Cell className="min-w-48">{disputeReasonWords(row.reason)}</Cell>
            <Cell className="text-muted whitespace-nowrap">
              {gatewayWords(row.gateway)}
              <span className="block font-mono text-xs">{row.gatewayDisputeId}</span>
            </Cell>
            <Cell className="text-muted whitespace-nowrap">
              <TimeStamp at={row.createdAt} />
            </Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
