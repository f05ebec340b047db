export const gatewayNames = ["dummy", "stripe", "paypal", "razorpay", "flutterwave"] as const;
export type GatewayName = (typeof gatewayNames)[number];

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

/**
 * The moves a transaction may make. Forward only, but for three that reality asks for: a gateway that
 * was certainly not reached puts `processing` back to `pending`; a late success is taken after
 * `failed` or `cancelled`. A trigger in the database holds the same table.
 */
export const nextStatuses = {
  pending: ["processing", "cancelled"],
  processing: ["pending", "requires_action", "authorized", "success", "failed", "cancelled"],
  requires_action: ["processing", "authorized", "success", "failed", "cancelled"],
  authorized: ["success", "failed", "cancelled"],
  success: ["partially_refunded", "refunded"],
  partially_refunded: ["refunded"],
  failed: ["success"],
  cancelled: ["success"],
  refunded: [],
} as const satisfies Record<TransactionStatus, readonly TransactionStatus[]>;

/** As `nextStatuses`, for a refund. `failed → refunded` is a late success the gateway tells of. */
export const nextRefundStatuses = {
  pending: ["refunded", "failed"],
  refunded: ["failed"],
  failed: ["refunded"],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>;

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

/** What may still be given back: captured − refunded − pending. */
export function refundableMinor(sums: {
  capturedMinor: bigint;
  refundedMinor: bigint;
  refundPendingMinor: bigint;
}): bigint {
  return sums.capturedMinor - sums.refundedMinor - sums.refundPendingMinor;
}
