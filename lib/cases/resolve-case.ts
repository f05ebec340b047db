import { recordAudit } from "../db/audit.ts";
import { closeCase, findCase, type CaseRecord } from "../db/cases.ts";
import { inTransaction } from "../db/client.ts";
import { exclusively } from "../db/exclusively.ts";
import type { Viewer } from "../domain/actor.ts";
import type { CaseKind, CaseResolution } from "../domain/case.ts";
import { invalidField, invariant, notFound, PaymentError } from "../domain/errors.ts";
import { requireMoneyMover } from "../payments/access.ts";
import { adoptDifference } from "./adopt-difference.ts";
import { adoptOutcome } from "./adopt-outcome.ts";

export type ResolveCase = {
  /** `adopted`: take in what the gateway says now. `dismissed`: leave both sides as they are. */
  resolution: "adopted" | "dismissed";
  note?: string | undefined;
  /** Whose a payment is that nobody here knows of. */
  userEmail?: string | undefined;
};

const adopters: Partial<
  Record<CaseKind, (viewer: Viewer, found: CaseRecord, command: ResolveCase) => Promise<Adoption>>
> = {
  outcome_unknown: adoptOutcome,
  amount_mismatch: adoptOutcome,
  missing_here: adoptDifference,
  status_differs: adoptDifference,
  amount_differs: adoptDifference,
};

/** `cleared`: both sides were found alike, and nothing had to be done. */
export type Adoption = Extract<CaseResolution, "adopted" | "cleared">;

/** How a case ends that is not adopted. */
const otherWays: Partial<Record<CaseKind, string>> = {
  invariant_violated: "It closes by itself once the books hold again.",
  audit_broken: "It closes by itself once the audit holds again.",
  excess_capture: "Refund the payment, or dismiss the case.",
  refund_failed: "Do the refund over, or dismiss the case.",
  dispute_open: "It closes by itself when the dispute is decided.",
  webhook_dead: "Replay the webhook, or dismiss the case.",
  webhook_unmatched: "Replay the webhook, or dismiss the case.",
  authorization_expiring: "Capture or release what is held.",
  missing_there: "The gateway has nothing that could be taken in. Dismiss the case with a note.",
};

/** These say that something is wrong now; what is wrong does not go away by a note. */
const notDismissed: readonly CaseKind[] = ["invariant_violated", "audit_broken", "outcome_unknown"];

/**
 * Ends a case. Adopting asks the gateway again and books what it says then, never the evidence that was
 * kept; of any number at once, one takes effect. Admin only.
 *
 * Throws `forbidden`, `not_found`, `conflict` (closed already, or the two sides still differ),
 * `invalid_request` (the resolution does not fit the case, a note or e-mail is missing),
 * `gateway_unreachable`.
 */
export async function resolveCase(
  viewer: Viewer,
  caseId: number,
  command: ResolveCase,
): Promise<CaseRecord> {
  requireMoneyMover(viewer);
  if (!(await findCase(caseId))) throw notFound();
  const busy = "Somebody else is resolving this case.";
  return exclusively("case", caseId, busy, () => resolveAlone(viewer, caseId, command));
}

async function resolveAlone(
  viewer: Viewer,
  caseId: number,
  command: ResolveCase,
): Promise<CaseRecord> {
  const found = await findCase(caseId);
  if (!found) throw notFound();
  if (found.status === "resolved") throw closedAlready();
  const since = new Date();
  const resolution = await endingOf(viewer, found, command);
  return inTransaction(async (tx) => {
    const note = command.note?.trim() ?? "";
    const end = { resolution, note, resolvedById: viewer.userId, since };
    if (!(await closeCase(tx, caseId, end))) throw closedAlready();
    await recordAudit(tx, {
      entity: "case",
      entityId: String(caseId),
      action: resolution,
      actor: viewer,
      fromStatus: "open",
      toStatus: "resolved",
      reason: note,
      before: { kind: found.kind, case_key: found.caseKey, transaction_id: found.transactionId },
      after: { resolution },
    });
    const closed = await findCase(caseId, tx);
    invariant(closed, "a case stays");
    return closed;
  });
}

function endingOf(
  viewer: Viewer,
  found: CaseRecord,
  command: ResolveCase,
): Promise<Adoption> | "dismissed" {
  if (command.resolution === "dismissed") {
    if (notDismissed.includes(found.kind)) {
      const instead = otherWays[found.kind] ?? "Adopt what the gateway says.";
      throw invalidField("resolution", `This cannot be dismissed. ${instead}`);
    }
    if (!command.note?.trim()) throw invalidField("note", "Say why nothing has to be done.");
    return "dismissed";
  }
  const adopt = adopters[found.kind];
  if (!adopt) {
    const instead = otherWays[found.kind] ?? "Dismiss the case with a note.";
    throw invalidField("resolution", `There is nothing to adopt. ${instead}`);
  }
  return adopt(viewer, found, command);
}

function closedAlready(): PaymentError {
  return new PaymentError("conflict", "This case is closed already.");
}
