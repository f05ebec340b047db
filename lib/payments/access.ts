import { isStaff, mayMoveMoney, type Viewer } from "../domain/actor.ts";
import { PaymentError } from "../domain/errors.ts";

/** Whose rows a person may read: null is everybody's, else the person's own alone. */
export function ownerScope(viewer: Viewer): number | null {
  return isStaff(viewer) ? null : viewer.userId;
}

/** Support reads everything and moves nothing. Throws `forbidden`. */
export function requirePayer(viewer: Viewer): void {
  if (viewer.role === "support") throw forbidden();
}

/** Admin alone. Throws `forbidden`. */
export function requireMoneyMover(viewer: Viewer): void {
  if (!mayMoveMoney(viewer)) throw forbidden();
}

/** Staff alone. Throws `forbidden`. */
export function requireStaffViewer(viewer: Viewer): void {
  if (!isStaff(viewer)) throw forbidden();
}

function forbidden(): PaymentError {
  return new PaymentError("forbidden", "You do not have permission to perform this action.");
}
