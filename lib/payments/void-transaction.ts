import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { findTransaction } from "../db/transactions.ts";
import { ownerScope, requireMoneyMover } from "./access.ts";
import { refreshTransaction } from "./check-operation.ts";
import { moveHold, type HoldMoved } from "./move-hold.ts";

/**
 * Releases what is left of what is held for a payment. A payment of which nothing was captured is then
 * `cancelled`. Throws `forbidden`, `not_found`, and what `moveHold` throws.
 */
export async function voidTransaction(
  viewer: Viewer,
  command: {
    transactionId: string;
    reason?: string | undefined;
    idempotencyKeyId?: string | undefined;
  },
): Promise<HoldMoved> {
  const found = await findTransaction(command.transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  requireMoneyMover(viewer);
  const current = await refreshTransaction(found, viewer);
  return moveHold(viewer, current.id, { ...command, kind: "void" });
}
