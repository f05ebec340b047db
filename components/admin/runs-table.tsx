import { gatewayWords } from "../transactions/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import type { Tone } from "../ui/tone.ts";

export type RunRow = {
  id: number;
  gateway: string;
  from: Date;
  until: Date;
  compared: number;
  differences: number;
  error: string;
  startedAt: Date;
  finishedAt: Date | null;
};

// A comparison takes seconds; one without an end for this long has lost its worker.
const lostAfterMs = 15 * 60_000;

/** How one comparison ended, in words. */
function endWords(run: RunRow, now: Date): { label: string; tone: Tone } {
  if (run.finishedAt === null) {
    return now.getTime() - run.startedAt.getTime() > lostAfterMs
      ? { label: "Broken off", tone: "danger" }
      : { label: "Under way", tone: "info" };
  }
  if (run.error !== "") return { label: "Not to the end", tone: "danger" };
  return run.differences === 0
    ? { label: "All agree", tone: "success" }
    : { label: "They differ", tone: "warning" };
}

/** Comparisons with gateways' own lists, a line each. */
export function RunsTable({ rows, now }: { rows: readonly RunRow[]; now: Date }) {
  return (
    <Table caption="Comparisons" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Started</HeaderCell>
        <HeaderCell>Result</HeaderCell>
        <HeaderCell numeric>Differences</HeaderCell>
        <HeaderCell numeric>Compared</HeaderCell>
        <HeaderCell>Gateway</HeaderCell>
        <HeaderCell>Charges from</HeaderCell>
        <HeaderCell>until</HeaderCell>
      </TableHead>
      <TableBody>
        {rows.map((run) => {
          const { label, tone } = endWords(run, now);
          return (
            <TableRow key={run.id}>
              <Cell className="whitespace-nowrap">
                <TimeStamp at={run.startedAt} precision="second" />
              </Cell>
              <Cell>
                <Badge tone={tone}>{label}</Badge>
                {run.error === "" ? null : (
                  <span className="text-muted mt-1 block max-w-72 min-w-48 text-xs break-words">
                    {run.error}
                  </span>
                )}
              </Cell>
              <Cell numeric className={run.differences > 0 ? "font-semibold" : "text-muted"}>
                {run.differences}
              </Cell>
              <Cell numeric>{run.compared}</Cell>
              <Cell className="whitespace-nowrap">{gatewayWords(run.gateway)}</Cell>
              <Cell className="text-muted whitespace-nowrap">
                <TimeStamp at={run.from} />
              </Cell>
              <Cell className="text-muted whitespace-nowrap">
                <TimeStamp at={run.until} />
              </Cell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
