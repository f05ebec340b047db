import { displayMoney } from "#lib/domain/money";
import { lookUp } from "../transactions/look-up.ts";
import { Badge } from "../ui/badge.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import type { Tone } from "../ui/tone.ts";

export type OperationRow = {
  id: string;
  kind: "charge" | "capture" | "void" | "refund";
  state: string;
  amountMinor: bigint;
  gatewayKey: string;
  checks: number;
  nextCheckAt: Date | null;
  createdAt: Date;
};

const stateWords: Readonly<Record<string, { label: string; tone: Tone }>> = {
  in_flight: { label: "Under way", tone: "info" },
  unknown: { label: "Outcome unknown", tone: "warning" },
  awaiting_action: { label: "Waiting for shopper", tone: "warning" },
  succeeded: { label: "Succeeded", tone: "success" },
  declined: { label: "Declined", tone: "danger" },
  not_sent: { label: "Not sent", tone: "neutral" },
};

const openStates = new Set(["in_flight", "unknown", "awaiting_action"]);

function NextCheck({ operation }: { operation: OperationRow }) {
  if (operation.nextCheckAt !== null)
    return <TimeStamp at={operation.nextCheckAt} precision="second" />;
  return openStates.has(operation.state) ? "A person decides" : "Settled";
}

/** Each call to the gateway that moves money, and when it is asked about next. */
export function OperationsTable({
  operations,
  currency,
}: {
  operations: readonly OperationRow[];
  currency: string;
}) {
  return (
    <Table caption="Operations at the gateway" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Kind</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell numeric>Amount</HeaderCell>
        <HeaderCell numeric>Checks</HeaderCell>
        <HeaderCell>Next check</HeaderCell>
        <HeaderCell>Started</HeaderCell>
        <HeaderCell>Key at the gateway</HeaderCell>
      </TableHead>
      <TableBody>
        {operations.map((operation) => {
          const words = lookUp(stateWords, operation.state) ?? {
            label: operation.state,
            tone: "neutral" as const,
          };
          return (
            <TableRow key={operation.id}>
              <Cell className="capitalize">{operation.kind}</Cell>
              <Cell>
                <Badge tone={words.tone}>{words.label}</Badge>
              </Cell>
              <Cell numeric>{displayMoney(operation.amountMinor, currency)}</Cell>
              <Cell numeric>{operation.checks}</Cell>
              <Cell className="whitespace-nowrap">
                <NextCheck operation={operation} />
              </Cell>
              <Cell className="text-muted whitespace-nowrap">
                <TimeStamp at={operation.createdAt} precision="second" />
              </Cell>
              <Cell className="text-muted font-mono text-xs">{operation.gatewayKey}</Cell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
