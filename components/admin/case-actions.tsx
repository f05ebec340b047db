import type { CaseKind } from "#lib/domain/case";
import { buttonVariants } from "../ui/button.tsx";
import { Link } from "../ui/link.tsx";
import { CaseButtons } from "./case-buttons.tsx";
import { caseKindWords, type Evidence } from "./case-words.ts";
import { ReplayButton } from "./replay-button.tsx";

type ActedCase = {
  id: number;
  kind: CaseKind;
  transactionId: string | null;
  evidence: Evidence;
};

// What resolving a case takes in: the gateway is asked again at that moment.
const adoptLabels: Partial<Record<CaseKind, string>> = {
  outcome_unknown: "Ask the gateway",
  amount_mismatch: "Ask the gateway",
  missing_here: "Adopt",
  status_differs: "Adopt",
  amount_differs: "Adopt",
};

// These end by themselves alone, or by an answer of the gateway.
const notDismissed: readonly CaseKind[] = ["invariant_violated", "audit_broken", "outcome_unknown"];

/** The way on that fits a case, as a link to where it is done. */
function wayOn({
  kind,
  transactionId,
  evidence,
}: ActedCase): { href: string; label: string } | null {
  if (transactionId === null) return null;
  const page = `/admin/transactions/${transactionId}`;
  const refundId = evidence["refund_id"];
  switch (kind) {
    case "excess_capture":
      return { href: `${page}?refund=all`, label: "Refund the excess" };
    case "refund_failed":
      return typeof refundId === "string"
        ? { href: `${page}?retry=${refundId}`, label: "Retry the refund" }
        : null;
    case "authorization_expiring":
      return { href: `${page}?capture=all`, label: "Capture" };
    case "dispute_open":
      return { href: `${page}#disputes`, label: "See the dispute" };
    default:
      return null;
  }
}

function webhookOf({ kind, evidence }: ActedCase): { id: number; eventId: string } | null {
  const { webhook_event: id, event_id: eventId } = evidence;
  if (kind !== "webhook_dead" && kind !== "webhook_unmatched") return null;
  return typeof id === "number" ? { id, eventId: String(eventId ?? id) } : null;
}

/** What an admin can do about an open case. */
export function CaseActions({ found }: { found: ActedCase }) {
  const { id, kind, transactionId, evidence } = found;
  const way = wayOn(found);
  const webhook = webhookOf(found);
  // A doubted refund of the gateway's own has no operation of ours to ask about.
  const canAdopt = kind !== "amount_mismatch" || "operation" in evidence;
  const about = `${caseKindWords[kind].label}, ${transactionId ?? `case ${id}`}`;
  return (
    <div className="mt-3 flex flex-wrap items-start gap-2">
      {way === null ? null : (
        <Link
          href={way.href}
          aria-label={`${way.label}, ${transactionId ?? ""}`}
          className={buttonVariants({ variant: "solid", size: "small" })}
        >
          {way.label}
        </Link>
      )}
      {webhook === null ? null : <ReplayButton {...webhook} />}
      <CaseButtons
        caseId={id}
        about={about}
        adoptLabel={canAdopt ? (adoptLabels[kind] ?? null) : null}
        asksWhose={
          kind === "missing_here" && transactionId === null && evidence["about"] === "charge"
        }
        canDismiss={!notDismissed.includes(kind)}
      />
    </div>
  );
}
