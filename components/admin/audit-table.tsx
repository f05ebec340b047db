import type { Event } from "../transactions/timeline-words.ts";
import { timelineWords, whoWords } from "../transactions/timeline-words.ts";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";

function moveWords({ fromStatus, toStatus }: Event): string {
  if (toStatus === null) return "–";
  return fromStatus === null ? toStatus : `${fromStatus} → ${toStatus}`;
}

/** The audit log of one payment as it was written: who, what, from which state to which, why. */
export function AuditTable({ events }: { events: readonly Event[] }) {
  return (
    <Table caption="Audit log" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Date</HeaderCell>
        <HeaderCell>Event</HeaderCell>
        <HeaderCell>About</HeaderCell>
        <HeaderCell>Move</HeaderCell>
        <HeaderCell>Who</HeaderCell>
        <HeaderCell>Reason</HeaderCell>
      </TableHead>
      <TableBody>
        {events.map((event, index) => (
          <TableRow key={index}>
            <Cell className="text-muted whitespace-nowrap">
              <TimeStamp at={event.at} precision="second" />
            </Cell>
            <Cell className="whitespace-nowrap">{timelineWords(event).label}</Cell>
            <Cell className="text-muted whitespace-nowrap">{event.entityId}</Cell>
            <Cell className="font-mono text-xs whitespace-nowrap">{moveWords(event)}</Cell>
            <Cell className="whitespace-nowrap">{whoWords(event.who) ?? "–"}</Cell>
            <Cell className="min-w-48 break-words">{event.reason === "" ? "–" : event.reason}</Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
