import { displayMoney } from "#lib/domain/money";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { TransactionBadge } from "./status-badge.tsx";
import type { TransactionRow } from "./transaction-row.ts";
import { cardWords, gatewayWords } from "./words.ts";
import { Link } from "../ui/link.tsx";

type ListProps = { rows: readonly TransactionRow[] };

function Amount({ row }: { row: TransactionRow }) {
  return (
    <>
      <span className="font-medium">{displayMoney(row.amountMinor, row.currency)}</span>
      {row.refundedMinor > 0n ? (
        <span className="text-muted block text-xs">
          {displayMoney(row.refundedMinor, row.currency)} given back
        </span>
      ) : null}
    </>
  );
}

function WideList({ rows }: ListProps) {
  return (
    <div className="hidden md:block">
      <Table caption="Your transactions">
        <TableHead>
          <HeaderCell>Transaction</HeaderCell>
          <HeaderCell>Status</HeaderCell>
          <HeaderCell>Order</HeaderCell>
          <HeaderCell>Paid with</HeaderCell>
          <HeaderCell>Date</HeaderCell>
          <HeaderCell numeric>Amount</HeaderCell>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.transactionId}>
              <Cell className="whitespace-nowrap">
                <TextLink href={`/transactions/${row.transactionId}`}>{row.transactionId}</TextLink>
              </Cell>
              <Cell>
                <TransactionBadge status={row.status} />
              </Cell>
              <Cell className="whitespace-nowrap">
                <TextLink href={`/orders/${row.orderNumber}`}>{row.orderNumber}</TextLink>
              </Cell>
              <Cell className="text-muted">
                {cardWords(row.metadata) ?? gatewayWords(row.gateway)}
              </Cell>
              <Cell className="text-muted whitespace-nowrap">
                <TimeStamp at={row.createdAt} />
              </Cell>
              <Cell numeric>
                <Amount row={row} />
              </Cell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function NarrowList({ rows }: ListProps) {
  return (
    <ul className="divide-line divide-y md:hidden">
      {rows.map((row) => (
        <li key={row.transactionId}>
          <Link
            href={`/transactions/${row.transactionId}`}
            className="hover:bg-sunken block px-4 py-4"
          >
            <span className="flex items-start justify-between gap-3">
              <span className="nums">
                <Amount row={row} />
              </span>
              <TransactionBadge status={row.status} />
            </span>
            <span className="decoration-line-strong mt-2 block text-sm underline underline-offset-4">
              {row.transactionId}
            </span>
            <span className="text-muted mt-1 block text-xs">
              {row.orderNumber}, <TimeStamp at={row.createdAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A shopper's transactions: a table where there is room, cards on a phone. */
export function TransactionList({ rows }: ListProps) {
  return (
    <>
      <WideList rows={rows} />
      <NarrowList rows={rows} />
    </>
  );
}
