import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import { findTransaction } from "../db/transactions.ts";
import { ownerScope, requireMoneyMover } from "./access.ts";
import { refreshTransaction } from "./check-operation.ts";
import { moveHold, type HoldMoved } from "./move-hold.ts";

/**
 * Takes what is held for a payment, a part of it or all. The order is paid by the first capture. Throws
 * `forbidden`, `not_found`, and what `moveHold` throws.
 */
export async function captureTransaction(
  viewer: Viewer,
  command: {
    transactionId: string;
    amount?: string | undefined;
    idempotencyKeyId?: string | undefined;
  },
): Promise<HoldMoved> {
  const found = await findTransaction(command.transactionId, ownerScope(viewer));
  if (!found) throw notFound();
  requireMoneyMover(viewer);
  const current = await refreshTransaction(found, viewer);
  return moveHold(viewer, current.id, { ...command, kind: "capture" });
}
