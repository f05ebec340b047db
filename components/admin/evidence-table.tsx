import { cn } from "../ui/cn.ts";
import { evidenceRows } from "./case-evidence.ts";
import type { Evidence } from "./case-words.ts";

// Where both sides say something else.
const differing = "text-danger font-semibold";

type EvidenceTableProps = { caption: string; evidence: Evidence };

/** What is known about a case: what these books say beside what the gateway says, then the rest. */
export function EvidenceTable({ caption, evidence }: EvidenceTableProps) {
  const rows = evidenceRows(evidence);
  if (rows.length === 0) return <p className="text-muted text-xs">Nothing more is known.</p>;
  const isCompared = rows.some(({ theirs }) => theirs !== null);
  return (
    <div
      role="group"
      aria-label={caption}
      tabIndex={0}
      className="border-line relative self-start overflow-x-auto rounded-lg border"
    >
      <table className="nums w-full text-left text-xs">
        <caption className="sr-only">{caption}</caption>
        {isCompared ? (
          <thead className="text-muted border-line border-b">
            <tr>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                <span className="sr-only">What</span>
              </th>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                Ours
              </th>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                The gateway&apos;s
              </th>
            </tr>
          </thead>
        ) : null}
        <tbody className="divide-line divide-y">
          {rows.map(({ name, ours, theirs, differs }) => (
            <tr key={name}>
              <th scope="row" className="text-muted px-2.5 py-1.5 font-normal whitespace-nowrap">
                {name}
              </th>
              {theirs === null ? (
                <td
                  colSpan={isCompared ? 2 : 1}
                  className="min-w-40 px-2.5 py-1.5 [overflow-wrap:anywhere]"
                >
                  {ours}
                </td>
              ) : (
                <>
                  <td className={cn("px-2.5 py-1.5 whitespace-nowrap", differs && differing)}>
                    {ours}
                  </td>
                  <td className={cn("px-2.5 py-1.5 whitespace-nowrap", differs && differing)}>
                    {theirs}
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
