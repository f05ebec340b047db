import { ChevronRight } from "lucide-react";
import { Badge } from "../ui/badge.tsx";
import type { Tone } from "../ui/tone.ts";
import { Link } from "../ui/link.tsx";

export type AttentionKind = "unknown_outcome" | "failed_refund" | "excess_capture";

const attentionWords = {
  unknown_outcome: {
    title: "Outcomes not known",
    text: "The gateway is asked automatically until it answers. Look if one stays for long.",
    tone: "warning",
  },
  failed_refund: {
    title: "Refunds that failed",
    text: "No money went back. Refund again, or give the money back another way.",
    tone: "danger",
  },
  excess_capture: {
    title: "Orders paid more than once",
    text: "Money was taken for an order that was paid already. Refund the second payment.",
    tone: "danger",
  },
} as const satisfies Record<AttentionKind, { title: string; text: string; tone: Tone }>;

/** The words for what waits for a person. */
export function attentionTitle(kind: AttentionKind): string {
  return attentionWords[kind].title;
}

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
      {items.map(({ kind, count, href }) => (
        <li key={kind}>
          <Link href={href} className="hover:bg-sunken flex items-center gap-3 rounded-lg p-2">
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 text-sm font-medium">
                {attentionWords[kind].title}
                <Badge tone={attentionWords[kind].tone}>{count}</Badge>
              </span>
              <span className="text-muted mt-0.5 block text-sm">{attentionWords[kind].text}</span>
            </span>
            <ChevronRight aria-hidden="true" className="text-muted size-4 shrink-0" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
