import type { WebhookState } from "#lib/domain/webhook";
import { gatewayWords } from "../transactions/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { ReplayButton } from "./replay-button.tsx";
import { replayableStates, webhookStateSentences, webhookStateWords } from "./webhook-words.ts";

export type WebhookRow = {
  id: number;
  gateway: string;
  eventId: string;
  type: string;
  state: WebhookState;
  transactionId: string | null;
  attempts: number;
  lastError: string;
  receivedAt: Date;
  nextAttemptAt: Date | null;
};

type WebhooksTableProps = {
  caption: string;
  rows: readonly WebhookRow[];
  /** Whether the one who looks may act. */
  mayAct: boolean;
  /** Left out on the page of the transaction itself. */
  linksTransaction?: boolean;
};

function NextTry({ row }: { row: WebhookRow }) {
  if (row.nextAttemptAt !== null) return <TimeStamp at={row.nextAttemptAt} precision="second" />;
  return row.state === "received" ? "At once" : "–";
}

function State({ row }: { row: WebhookRow }) {
  const { label, tone } = webhookStateWords[row.state];
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      {row.state === "processed" ? null : (
        <span className="text-muted mt-1 block max-w-64 min-w-40 text-xs break-words">
          {row.lastError === "" ? webhookStateSentences[row.state] : row.lastError}
        </span>
      )}
    </>
  );
}

/** What gateways told us and what became of it, a line each. */
export function WebhooksTable({
  caption,
  rows,
  mayAct,
  linksTransaction = true,
}: WebhooksTableProps) {
  const hasActions = mayAct && rows.some(({ state }) => replayableStates.includes(state));
  return (
    <Table caption={caption} className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Event</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell numeric>Tries</HeaderCell>
        <HeaderCell>Next try</HeaderCell>
        <HeaderCell>Received</HeaderCell>
        {linksTransaction ? <HeaderCell>Transaction</HeaderCell> : null}
        {hasActions ? <HeaderCell>Action</HeaderCell> : null}
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <Cell className="whitespace-nowrap">
              <span className="font-medium">{row.type === "" ? "Not read yet" : row.type}</span>
              <span
                title={row.eventId}
                className="text-muted block max-w-40 truncate text-xs lg:max-w-none"
              >
                {gatewayWords(row.gateway)}, <span className="font-mono">{row.eventId}</span>
              </span>
            </Cell>
            <Cell>
              <State row={row} />
            </Cell>
            <Cell numeric>{row.attempts}</Cell>
            <Cell className="text-muted whitespace-nowrap">
              <NextTry row={row} />
            </Cell>
            <Cell className="text-muted whitespace-nowrap">
              <TimeStamp at={row.receivedAt} precision="second" />
            </Cell>
            {linksTransaction ? (
              <Cell className="whitespace-nowrap">
                {row.transactionId === null ? (
                  "–"
                ) : (
                  <TextLink
                    href={`/admin/transactions/${row.transactionId}`}
                    className="-my-2.5 inline-flex min-h-10 items-center"
                  >
                    {row.transactionId}
                  </TextLink>
                )}
              </Cell>
            ) : null}
            {hasActions ? (
              <Cell>
                {replayableStates.includes(row.state) ? (
                  <ReplayButton
                    key={`${row.state} ${row.attempts}`}
                    id={row.id}
                    eventId={row.eventId}
                  />
                ) : null}
              </Cell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
