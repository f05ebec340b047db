import type { AccountHistoryEntry } from "#lib/payments/view-account";
import { whoWords } from "../transactions/timeline-words.ts";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { changeWords, historyWords } from "./gateway-words.ts";

/** What was done to an account, newest first: who, what, and what it was before. */
export function GatewayHistory({ entries }: { entries: readonly AccountHistoryEntry[] }) {
  return (
    <Table caption="History of the account" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Date</HeaderCell>
        <HeaderCell>Event</HeaderCell>
        <HeaderCell>Change</HeaderCell>
        <HeaderCell>Who</HeaderCell>
      </TableHead>
      <TableBody>
        {entries.map(({ at, action, who, reason, before, after }, index) => (
          <TableRow key={index}>
            <Cell className="text-muted whitespace-nowrap">
              <TimeStamp at={at} precision="second" />
            </Cell>
            <Cell>{historyWords(action)}</Cell>
            <Cell className="min-w-48 break-words">
              {[...changeWords(before, after), reason]
                .filter((line) => line !== "")
                .map((line) => (
                  <span key={line} className="block">
                    {line}
                  </span>
                ))}
            </Cell>
            <Cell className="whitespace-nowrap">{whoWords(who) ?? "–"}</Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
