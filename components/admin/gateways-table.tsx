import type { AccountRecord } from "#lib/payments/view-account";
import { gatewayWords } from "../transactions/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "../ui/table.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";

function codesWords(codes: readonly string[], none: string): string {
  return codes.length === 0 ? none : codes.join(", ");
}

export function ModeBadge({ mode }: { mode: AccountRecord["mode"] }) {
  return mode === "live" ? <Badge tone="info">Live</Badge> : <Badge tone="neutral">Test</Badge>;
}

export function ActiveBadge({ isActive }: { isActive: boolean }) {
  return isActive ? <Badge tone="success">Active</Badge> : <Badge tone="neutral">Off</Badge>;
}

function LastCheck({ check }: { check: AccountRecord["lastCheck"] }) {
  if (check === null) return <span className="text-muted">Never</span>;
  return (
    <>
      <Badge tone={check.problem === null ? "success" : "danger"}>
        {check.problem === null ? "Good" : "Bad"}
      </Badge>
      <TimeStamp at={check.at} className="text-muted mt-1 block text-xs whitespace-nowrap" />
      {check.problem === null ? null : (
        <span className="mt-1 block max-w-64 min-w-40 text-xs break-words">{check.problem}</span>
      )}
    </>
  );
}

/** The shop's accounts at gateways, in the order in which it chooses among them. */
export function GatewaysTable({ accounts }: { accounts: readonly AccountRecord[] }) {
  return (
    <Table caption="Accounts at gateways" className="text-[0.8125rem]">
      <TableHead>
        <HeaderCell>Gateway</HeaderCell>
        <HeaderCell>Mode</HeaderCell>
        <HeaderCell>Currencies</HeaderCell>
        <HeaderCell>Countries</HeaderCell>
        <HeaderCell numeric>Priority</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell>Last check</HeaderCell>
      </TableHead>
      <TableBody>
        {accounts.map((account) => (
          <TableRow key={account.id}>
            <Cell className="whitespace-nowrap">
              <TextLink
                href={`/admin/gateways/${account.id}`}
                className="-my-1 inline-flex min-h-10 items-center"
              >
                {gatewayWords(account.gateway)} {account.id}
              </TextLink>
              {account.label === "" ? null : (
                <span className="text-muted block max-w-56 truncate text-xs">{account.label}</span>
              )}
            </Cell>
            <Cell>
              <ModeBadge mode={account.mode} />
            </Cell>
            <Cell className="max-w-56 break-words">
              {codesWords(account.currencies, "All it takes")}
            </Cell>
            <Cell className="max-w-56 break-words">{codesWords(account.countries, "All")}</Cell>
            <Cell numeric>{account.priority}</Cell>
            <Cell>
              <ActiveBadge isActive={account.isActive} />
            </Cell>
            <Cell>
              <LastCheck check={account.lastCheck} />
            </Cell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
