import { ChevronRight } from "lucide-react";
import type { CaseKind } from "#lib/domain/case";
import { Badge } from "../ui/badge.tsx";
import type { Tone } from "../ui/tone.ts";
import { Link } from "../ui/link.tsx";
import { caseKindWords } from "./case-words.ts";

type AttentionKind = CaseKind | "outcome_open";

const outcomeOpen = {
  label: "Outcomes not known yet",
  todo: "The gateway is asked automatically until it answers. Nothing to do yet.",
  tone: "info",
} as const satisfies { label: string; todo: string; tone: Tone };

type AttentionListProps = {
  items: readonly { kind: AttentionKind; count: number; href: string }[];
};

/** What needs a person, each with the way to it. */
export function AttentionList({ items }: AttentionListProps) {
  if (items.length === 0) {
    return (
      <p className="text-muted text-sm">
        Nothing waits for you. Every payment and refund has a known end.
      </p>
    );
  }
  return (
    <ul className="-m-2">
      {items.map(({ kind, count, href }) => {
        const { label, todo, tone } = kind === "outcome_open" ? outcomeOpen : caseKindWords[kind];
        return (
          <li key={kind}>
            <Link href={href} className="hover:bg-sunken flex items-center gap-3 rounded-lg p-2">
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2 text-sm font-medium">
                  {label}
                  <Badge tone={tone}>{count}</Badge>
                </span>
                <span className="text-muted mt-0.5 block text-sm">{todo}</span>
              </span>
              <ChevronRight aria-hidden="true" className="text-muted size-4 shrink-0" />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
