import type { CaseRecord } from "../db/cases.ts";
import { getOperation } from "../db/operations.ts";
import type { Viewer } from "../domain/actor.ts";
import { invalidField, PaymentError } from "../domain/errors.ts";
import { checkOperation } from "../payments/check-operation.ts";
import type { Adoption } from "./resolve-case.ts";

/**
 * Asks the gateway again what became of the operation that a case is about, and settles it by the
 * answer. Throws `conflict` while the gateway does not say.
 */
export async function adoptOutcome(viewer: Viewer, found: CaseRecord): Promise<Adoption> {
  const { operation: operationId } = found.evidence;
  if (typeof operationId !== "string") {
    throw invalidField("resolution", "There is nothing to adopt. Dismiss the case with a note.");
  }
  const before = await getOperation(operationId);
  if (before.settledAt === null) await checkOperation(operationId, viewer);
  const after = before.settledAt === null ? await getOperation(operationId) : before;
  if (after.settledAt === null) {
    throw new PaymentError(
      "conflict",
      "The gateway does not say yet how this ended. Nothing was changed.",
    );
  }
  // What was settled before and is still in question is in question for another reason.
  if (before.settledAt !== null && found.kind !== "outcome_unknown") {
    throw new PaymentError(
      "conflict",
      "This has ended here already, so nothing can be taken in. Dismiss the case with a note.",
    );
  }
  return "adopted";
}
