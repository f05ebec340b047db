import { displayMoney } from "#lib/domain/money";
import { TransactionBadge } from "../transactions/status-badge.tsx";
import type { TransactionRow } from "../transactions/transaction-row.ts";
import { cardWords, gatewayWords } from "../transactions/words.ts";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";

type TransactionsTableProps = { caption: string; rows: readonly TransactionRow[] };

/** Staff's list: one dense line a transaction, on a phone scrolled sideways. */
export function TransactionsTable({ caption, rows }: TransactionsTableProps) {
  return (
    <Table caption={caption} className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Transaction</HeaderCell>
        <HeaderCell numeric>Amount</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell numeric>Refunded</HeaderCell>
        <HeaderCell>Customer</HeaderCell>
        <HeaderCell>Order</HeaderCell>
        <HeaderCell>Method</HeaderCell>
        <HeaderCell>Date</HeaderCell>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.transactionId}>
            <Cell className="whitespace-nowrap">
              <TextLink
                href={`/admin/transactions/${row.transactionId}`}
                prefetch={false}
                className="-my-2.5 inline-flex min-h-10 items-center"
              >
                {row.transactionId}
              </TextLink>
            </Cell>
            <Cell numeric className="font-medium">
              {displayMoney(row.amountMinor, row.currency)}
            </Cell>
            <Cell>
              <TransactionBadge status={row.status} />
            </Cell>
            <Cell numeric className="text-muted">
              {row.refundedMinor === 0n ? "–" : displayMoney(row.refundedMinor, row.currency)}
            </Cell>
            <Cell className="max-w-56 truncate">{row.userEmail}</Cell>
            <Cell className="whitespace-nowrap">{row.orderNumber}</Cell>
            <Cell className="text-muted whitespace-nowrap">
              {cardWords(row.metadata) ?? gatewayWords(row.gateway)}
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
