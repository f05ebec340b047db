import type { CaseKind, CaseResolution } from "#lib/domain/case";
import { gatewayWords } from "../transactions/words.ts";
import { Badge } from "../ui/badge.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { AgeStamp } from "../ui/age-stamp.tsx";
import { TimeStamp } from "../ui/time-stamp.tsx";
import { CaseActions } from "./case-actions.tsx";
import { caseKindWords, caseResolutionWords, caseSentence, type Evidence } from "./case-words.ts";
import { EvidenceTable } from "./evidence-table.tsx";

export type CaseRow = {
  id: number;
  kind: CaseKind;
  status: "open" | "resolved";
  gateway: string | null;
  transactionId: string | null;
  evidence: Evidence;
  resolution: CaseResolution | null;
  note: string;
  resolvedByEmail: string | null;
  createdAt: Date;
  seenAt: Date;
  resolvedAt: Date | null;
};

type CaseListProps = {
  cases: readonly CaseRow[];
  now: Date;
  /** Whether the one who looks may act. */
  mayAct: boolean;
  /** On the page of the transaction itself its link is left out. */
  linksTransaction?: boolean;
};

function Ending({ found }: { found: CaseRow }) {
  const { resolution, note, resolvedByEmail, resolvedAt } = found;
  return (
    <p className="text-muted mt-1 text-xs break-words">
      {resolution === null ? "Closed" : caseResolutionWords[resolution]}
      {resolvedAt === null ? null : (
        <>
          {" "}
          <TimeStamp at={resolvedAt} />
        </>
      )}
      {resolvedByEmail === null ? "" : ` by ${resolvedByEmail}`}
      {note === "" ? "" : `: ${note}`}
    </p>
  );
}

function About({
  found,
  now,
  linksTransaction,
}: Pick<CaseListProps, "now"> & { found: CaseRow; linksTransaction: boolean }) {
  return (
    <p className="text-muted mt-1 flex flex-wrap items-center gap-x-3 text-xs">
      {linksTransaction && found.transactionId !== null ? (
        <TextLink
          href={`/admin/transactions/${found.transactionId}`}
          className="-my-2 inline-flex min-h-10 items-center"
        >
          {found.transactionId}
        </TextLink>
      ) : null}
      {found.gateway === null ? null : <span>{gatewayWords(found.gateway)}</span>}
      <span>
        Open for <AgeStamp at={found.createdAt} now={now} />
      </span>
      {found.status === "open" && found.seenAt.getTime() - found.createdAt.getTime() > 60_000 ? (
        <span>
          last seen <AgeStamp at={found.seenAt} now={now} /> ago
        </span>
      ) : null}
    </p>
  );
}

/** Cases, one block each: what happened and whether money moved, the evidence of both sides, what to do. */
export function CaseList({ cases, now, mayAct, linksTransaction = true }: CaseListProps) {
  return (
    <ul className="divide-line divide-y">
      {cases.map((found) => {
        const { label, tone } = caseKindWords[found.kind];
        const { title, next } = caseSentence(found.kind, found.evidence);
        const isOpen = found.status === "open";
        return (
          <li
            key={found.id}
            className="grid gap-x-6 gap-y-3 px-4 py-4 sm:px-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]"
          >
            <div className="min-w-0">
              <Badge tone={isOpen ? tone : "neutral"}>{label}</Badge>
              <p className="mt-1.5 max-w-prose text-sm font-medium break-words">{title}</p>
              <About found={found} now={now} linksTransaction={linksTransaction} />
              {isOpen ? null : <Ending found={found} />}
              {isOpen && next !== null ? (
                <p className="text-muted mt-1 text-xs">
                  <span className="font-medium">Next by itself:</span> {next}
                </p>
              ) : null}
              {isOpen && mayAct ? <CaseActions found={found} /> : null}
            </div>
            <EvidenceTable caption={`Evidence of case ${found.id}`} evidence={found.evidence} />
          </li>
        );
      })}
    </ul>
  );
}
