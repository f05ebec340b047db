export const gatewayNames = ["dummy", "stripe", "paypal", "razorpay", "flutterwave"] as const;
export type GatewayName = (typeof gatewayNames)[number];

export const gatewayModes = ["test", "live"] as const;
/** Whether a merchant account moves real money. */
export type GatewayMode = (typeof gatewayModes)[number];

export const transactionStatuses = [
  "pending",
  "requires_action",
  "processing",
  "authorized",
  "success",
  "failed",
  "cancelled",
  "partially_refunded",
  "refunded",
] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

export const refundStatuses = ["pending", "refunded", "failed"] as const;
export type RefundStatus = (typeof refundStatuses)[number];

export const captureMethods = ["automatic", "manual"] as const;
/** Whether paying takes the money, or holds it until staff capture it. */
export type CaptureMethod = (typeof captureMethods)[number];

export const disputeStatuses = ["needs_response", "under_review", "won", "lost"] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

/**
 * The moves a transaction may make. Forward only, but for those that reality asks for: a gateway that
 * was certainly not reached puts `processing` back to `pending`; a late success or hold is taken after
 * `failed` or `cancelled`; a refund that fails after it seemed done makes the money the shop's again.
 * A trigger in the database holds the same table.
 */
export const nextStatuses = {
  pending: ["processing", "cancelled"],
  processing: ["pending", "requires_action", "authorized", "success", "failed", "cancelled"],
  requires_action: ["processing", "authorized", "success", "failed", "cancelled"],
  authorized: ["success", "failed", "cancelled"],
  success: ["partially_refunded", "refunded"],
  partially_refunded: ["refunded", "success"],
  failed: ["success", "authorized"],
  cancelled: ["success", "authorized"],
  refunded: ["partially_refunded", "success"],
} as const satisfies Record<TransactionStatus, readonly TransactionStatus[]>;

/** As `nextStatuses`, for a refund. `failed → refunded` is a late success the gateway tells of. */
export const nextRefundStatuses = {
  pending: ["refunded", "failed"],
  refunded: ["failed"],
  failed: ["refunded"],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>;

/** As `nextStatuses`, for a dispute. Some card schemes have a second round after `won` or `lost`. */
export const nextDisputeStatuses = {
  needs_response: ["under_review", "won", "lost"],
  under_review: ["needs_response", "won", "lost"],
  won: ["lost"],
  lost: ["won"],
} as const satisfies Record<DisputeStatus, readonly DisputeStatus[]>;

export function canMoveDispute(from: DisputeStatus, to: DisputeStatus): boolean {
  return (nextDisputeStatuses[from] as readonly DisputeStatus[]).includes(to);
}

export function canMove(from: TransactionStatus, to: TransactionStatus): boolean {
  return (nextStatuses[from] as readonly TransactionStatus[]).includes(to);
}

export function canMoveRefund(from: RefundStatus, to: RefundStatus): boolean {
  return (nextRefundStatuses[from] as readonly RefundStatus[]).includes(to);
}

/** An intent that can still lead to a payment: a second call for it gets the same transaction. */
export const openStatuses = ["pending", "requires_action", "processing", "authorized"] as const;

/** At most one transaction of an order may be in one of these (a partial unique index says so). */
export const inFlightOrPaidStatuses = [
  "processing",
  "requires_action",
  "authorized",
  "success",
  "partially_refunded",
] as const;

/** The outcome is not known here yet: reading asks the gateway. */
export function isUnsettled(status: TransactionStatus): boolean {
  return status === "processing" || status === "requires_action";
}

/** Money was taken, whatever was given back since. */
export function tookMoney(status: TransactionStatus): boolean {
  return status === "success" || status === "partially_refunded" || status === "refunded";
}

/** The status that the sums of a captured transaction imply. */
export function statusAfterRefund(
  capturedMinor: bigint,
  refundedMinor: bigint,
): "success" | "partially_refunded" | "refunded" {
  if (refundedMinor === 0n) return "success";
  return refundedMinor >= capturedMinor ? "refunded" : "partially_refunded";
}

/**
 * What may still be given back: captured − refunded − pending − disputed, and never less than nothing
 * (a dispute may be about money that was refunded before).
 */
export function refundableMinor(sums: {
  capturedMinor: bigint;
  refundedMinor: bigint;
  refundPendingMinor: bigint;
  disputedMinor: bigint;
}): bigint {
  const left =
    sums.capturedMinor - sums.refundedMinor - sums.refundPendingMinor - sums.disputedMinor;
  return left > 0n ? left : 0n;
}

/** What the gateway still holds for us and staff may capture or void: held − captured − voided − under way. */
export function capturableMinor(sums: {
  authorizedMinor: bigint;
  capturedMinor: bigint;
  voidedMinor: bigint;
  authorizationPendingMinor: bigint;
}): bigint {
  const { authorizedMinor, capturedMinor, voidedMinor, authorizationPendingMinor } = sums;
  if (authorizedMinor === 0n) return 0n;
  return authorizedMinor - capturedMinor - voidedMinor - authorizationPendingMinor;
}
