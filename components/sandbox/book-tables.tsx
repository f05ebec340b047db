import type { ReactNode } from "react";
import { displayMoney, isCurrency } from "#lib/domain/money";
import type { SandboxCall, SandboxCharge, SandboxEvent, SandboxPart } from "#lib/sandbox/book";
import { Badge } from "../ui/badge.tsx";
import { CardSection } from "../ui/card.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import type { Tone } from "../ui/tone.ts";

const tones: Readonly<Record<string, Tone>> = {
  succeeded: "success",
  won: "success",
  authorized: "info",
  pending: "info",
  under_review: "info",
  open: "warning",
  needs_response: "warning",
  failed: "danger",
  declined: "danger",
  lost: "danger",
};

function money(amountMinor: bigint, currency: string): string {
  return isCurrency(currency) ? displayMoney(amountMinor, currency) : String(amountMinor);
}

function State({ state }: { state: string }) {
  return <Badge tone={tones[state] ?? "neutral"}>{state.replaceAll("_", " ") || "none"}</Badge>;
}

/** The shop's reference above the gateway's own; `nobody` where the shop did not ask for it. */
function Reference({ own, theirs, nobody }: { own: string; theirs: string; nobody: string }) {
  return (
    <Cell className="whitespace-nowrap">
      {own === "" ? nobody : <span className="font-mono text-xs">{own}</span>}
      <span title={theirs} className="text-muted block max-w-48 truncate font-mono text-xs">
        {theirs}
      </span>
    </Cell>
  );
}

function At({ at }: { at: Date }) {
  return (
    <Cell className="text-muted whitespace-nowrap">
      <TimeStamp at={at} precision="second" />
    </Cell>
  );
}

type SectionProps = {
  id: string;
  title: string;
  nothing: string;
  count: number;
  heads: readonly (string | { numeric: string })[];
  children: ReactNode;
};

function BookSection({ id, title, nothing, count, heads, children }: SectionProps) {
  return (
    <CardSection id={id} title={title} bodyClassName={count === 0 ? "" : "p-0 sm:p-0"}>
      {count === 0 ? (
        <p className="text-muted text-sm">{nothing}</p>
      ) : (
        <Table caption={title} className="text-[0.8125rem]">
          <TableHead>
            {heads.map((head) =>
              typeof head === "string" ? (
                <HeaderCell key={head}>{head}</HeaderCell>
              ) : (
                <HeaderCell key={head.numeric} numeric>
                  {head.numeric}
                </HeaderCell>
              ),
            )}
          </TableHead>
          <TableBody>{children}</TableBody>
        </Table>
      )}
    </CardSection>
  );
}

/** What the gateway charged or holds, by its own book. */
export function ChargesTable({ rows }: { rows: readonly SandboxCharge[] }) {
  return (
    <BookSection
      id="charges"
      title="Charges"
      nothing="Nobody has paid here yet."
      count={rows.length}
      heads={[
        "Payment",
        "State",
        { numeric: "Amount" },
        { numeric: "Taken" },
        { numeric: "Given back" },
        "Made",
      ]}
    >
      {rows.map((row) => (
        <TableRow key={row.reference}>
          <Reference own={row.merchant_reference} theirs={row.reference} nobody="Unknown" />
          <Cell>
            <State state={row.state} />
          </Cell>
          <Cell numeric>{money(row.amount_minor, row.currency)}</Cell>
          <Cell numeric>{money(row.captured_minor, row.currency)}</Cell>
          <Cell numeric>{money(row.refunded_minor, row.currency)}</Cell>
          <At at={row.created_at} />
        </TableRow>
      ))}
    </BookSection>
  );
}

type PartsProps = {
  id: string;
  title: string;
  nothing: string;
  /** Who it came of where not of the shop. */
  nobody: string;
  rows: readonly SandboxPart[];
};

/** Refunds or disputes of its charges. */
export function PartsTable({ id, title, nothing, nobody, rows }: PartsProps) {
  return (
    <BookSection
      id={id}
      title={title}
      nothing={nothing}
      count={rows.length}
      heads={[title.replace(/s$/, ""), "State", { numeric: "Amount" }, "Of the charge", "Made"]}
    >
      {rows.map((row) => (
        <TableRow key={row.reference}>
          <Reference own={row.merchant_reference} theirs={row.reference} nobody={nobody} />
          <Cell>
            <State state={row.state} />
          </Cell>
          <Cell numeric>{money(row.amount_minor, row.currency)}</Cell>
          <Cell className="font-mono text-xs whitespace-nowrap">{row.charge_reference}</Cell>
          <At at={row.created_at} />
        </TableRow>
      ))}
    </BookSection>
  );
}

/** The calls that it got. */
export function CallsTable({ rows }: { rows: readonly SandboxCall[] }) {
  return (
    <BookSection
      id="calls"
      title="Calls"
      nothing="It was not called yet."
      count={rows.length}
      heads={["Call", "Fault met", "Answer", "Idempotency key", "At"]}
    >
      {rows.map((row) => (
        <TableRow key={row.id}>
          <Cell className="max-w-72 truncate font-mono text-xs" title={row.what}>
            {row.what}
          </Cell>
          <Cell className="whitespace-nowrap">{row.fault === "" ? "–" : row.fault}</Cell>
          <Cell className="whitespace-nowrap">{row.answer}</Cell>
          <Cell className="max-w-48 truncate font-mono text-xs" title={row.idempotency_key}>
            {row.idempotency_key === "" ? "–" : row.idempotency_key}
          </Cell>
          <At at={row.at} />
        </TableRow>
      ))}
    </BookSection>
  );
}

function Delivery({ row }: { row: SandboxEvent }) {
  if (row.delivered_at !== null) return <Badge tone="success">delivered</Badge>;
  return row.next_attempt_at === null ? (
    <Badge tone="danger">given up</Badge>
  ) : (
    <Badge tone="info">waits</Badge>
  );
}

/** What it told the shop, or tries to. */
export function EventsTable({ rows }: { rows: readonly SandboxEvent[] }) {
  return (
    <BookSection
      id="events"
      title="Webhooks"
      nothing="It has told the shop nothing yet."
      count={rows.length}
      heads={["Event", "Delivery", { numeric: "Tries" }, "Made"]}
    >
      {rows.map((row) => (
        <TableRow key={row.id}>
          <Cell className="whitespace-nowrap">
            <span className="font-medium">{row.type}</span>
            <span title={row.id} className="text-muted block max-w-48 truncate font-mono text-xs">
              {row.id}
            </span>
          </Cell>
          <Cell>
            <Delivery row={row} />
          </Cell>
          <Cell numeric>{row.attempts}</Cell>
          <At at={row.created_at} />
        </TableRow>
      ))}
    </BookSection>
  );
}
