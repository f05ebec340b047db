import { displayMoney } from "#lib/domain/money";
import { gatewayWords, wordsOfCode } from "../transactions/words.ts";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";

export type LedgerRow = {
  at: Date;
  kind: string;
  sourceId: string;
  account: string;
  amountMinor: bigint;
  currency: string;
};

function accountWords(account: string): string {
  const [name = "", gateway] = account.split(":");
  const words = name.replaceAll("_", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return gateway === undefined ? title : `${title}, ${gatewayWords(gateway)}`;
}

/** The double-entry lines about one payment: debits and credits in a column each. */
export function LedgerTable({ lines }: { lines: readonly LedgerRow[] }) {
  return (
    <Table caption="Ledger entries" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Date</HeaderCell>
        <HeaderCell>Event</HeaderCell>
        <HeaderCell>Account</HeaderCell>
        <HeaderCell numeric>Debit</HeaderCell>
        <HeaderCell numeric>Credit</HeaderCell>
      </TableHead>
      <TableBody>
        {lines.map((line, index) => (
          <TableRow key={index}>
            <Cell className="text-muted whitespace-nowrap">
              <TimeStamp at={line.at} precision="second" />
            </Cell>
            <Cell className="whitespace-nowrap">
              {wordsOfCode(line.kind)} <span className="text-muted">{line.sourceId}</span>
            </Cell>
            <Cell className="whitespace-nowrap">{accountWords(line.account)}</Cell>
            <Cell numeric>
              {line.amountMinor > 0n ? displayMoney(line.amountMinor, line.currency) : ""}
            </Cell>
            <Cell numeric>
              {line.amountMinor < 0n ? displayMoney(-line.amountMinor, line.currency) : ""}
            </Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
