import type { z } from "zod";
import type { CaseRecord } from "../db/cases.ts";
import type { ConfigurationRecord } from "../db/configurations.ts";
import type { DisputeRecord } from "../db/disputes.ts";
import type { OrderRecord, ProductRecord } from "../db/orders.ts";
import type { ReconciliationRunRecord } from "../db/reconciliation.ts";
import type { RefundRecord } from "../db/refunds.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import type { WebhookEventRecord } from "../db/webhook-events.ts";
import { formatAmount } from "../domain/money.ts";
import { isUnsettled, type GatewayName } from "../domain/payment.ts";
import type { Intent } from "../payments/create-intent.ts";
import type { HoldMoved } from "../payments/move-hold.ts";
import type { ProcessResult } from "../payments/process-payment.ts";
import type * as shape from "./view-schemas.ts";

type View<Name extends keyof typeof shape> = (typeof shape)[Name] extends infer Schema extends
  z.ZodType
  ? z.infer<Schema>
  : never;

/** RFC 3339 in UTC, to the second, as the API document writes times. */
function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function viewConfiguration(configuration: ConfigurationRecord): View<"configurationView"> {
  return {
    id: configuration.id,
    gateway: configuration.gateway,
    is_active: configuration.isActive,
    merchant_id: configuration.merchantId,
    public_key: configuration.publicKey,
    currency: configuration.currency,
    created_at: time(configuration.createdAt),
    updated_at: time(configuration.updatedAt),
  };
}

export function viewTransaction(transaction: TransactionRecord): View<"transactionView"> {
  const { currency } = transaction;
  return {
    id: transaction.id,
    transaction_id: transaction.transactionId,
    order: transaction.orderId,
    order_number: transaction.orderNumber,
    user: transaction.userId,
    user_email: transaction.userEmail,
    gateway: transaction.gateway,
    gateway_transaction_id: transaction.gatewayTransactionId ?? "",
    amount: formatAmount(transaction.amountMinor, currency),
    currency,
    status: transaction.status,
    metadata: transaction.metadata,
    error_message: transaction.errorMessage,
    captured_amount: formatAmount(transaction.capturedMinor, currency),
    refunded_amount: formatAmount(transaction.refundedMinor, currency),
    refundable_amount: formatAmount(transaction.refundableMinor, currency),
    refund_pending_amount: formatAmount(transaction.refundPendingMinor, currency),
    disputed_amount: formatAmount(transaction.disputedMinor, currency),
    capture_method: transaction.captureMethod,
    authorized_amount: formatAmount(transaction.authorizedMinor, currency),
    capturable_amount: formatAmount(transaction.capturableMinor, currency),
    authorization_expires_at:
      transaction.authorizationExpiresAt && time(transaction.authorizationExpiresAt),
    error_code: transaction.errorCode ?? "",
    next_action: transaction.nextAction,
    created_at: time(transaction.createdAt),
    updated_at: time(transaction.updatedAt),
  };
}

export function viewIntent({
  transaction,
  clientSecret,
  publishableKey,
}: Intent): View<"intentView"> {
  return {
    transaction_id: transaction.transactionId,
    amount: formatAmount(transaction.amountMinor, transaction.currency),
    currency: transaction.currency,
    gateway: transaction.gateway,
    client_secret: clientSecret,
    publishable_key: publishableKey,
  };
}

type ProcessView =
  | {
      status: 200;
      body: View<"paidView"> | View<"authorizedView"> | View<"actionRequiredView">;
    }
  | { status: 202; body: View<"processingView"> }
  | { status: 402; body: View<"declinedView"> };

/** How a payment stands, with the status that the contract gives each way it may. */
export function viewProcessResult(result: ProcessResult): ProcessView {
  const transaction_id = result.transaction.transactionId;
  switch (result.kind) {
    case "success":
      // Refunded since or not: the payment itself succeeded, and is told with the same words every time.
      return {
        status: 200,
        body: { message: "Payment processed successfully", transaction_id, status: "success" },
      };
    case "authorized":
      return {
        status: 200,
        body: { message: "Payment authorized", transaction_id, status: "authorized" },
      };
    case "requires_action": {
      const message = "The shopper has to confirm this payment";
      return {
        status: 200,
        body: {
          message,
          transaction_id,
          status: "requires_action",
          next_action: result.nextAction,
        },
      };
    }
    case "processing":
      return {
        status: 202,
        body: { message: "Payment is being processed", transaction_id, status: "processing" },
      };
    case "declined":
      return {
        status: 402,
        body: {
          error: "Payment processing failed",
          code: result.code,
          transaction_id,
          status: "failed",
        },
      };
  }
}

/** How a payment stands after somebody gave it up; 202 while its outcome is not known. */
export function viewCancelled({ transactionId, status }: TransactionRecord): {
  status: 200 | 202;
  body: View<"cancelledView">;
} {
  const isGivenUp = status === "cancelled";
  return {
    status: isUnsettled(status) ? 202 : 200,
    body: {
      message: isGivenUp ? "Payment cancelled. Nothing was charged." : `The payment is ${status}`,
      transaction_id: transactionId,
      status,
    },
  };
}

/** What a capture or a release came to; 202 while its outcome is not known. */
export function viewHoldMoved(
  kind: "capture" | "void",
  { transaction, done }: HoldMoved,
): { status: 200 | 202; body: View<"holdMovedView"> } {
  const words = {
    capture: ["Payment captured", "Capture is being processed"],
    void: ["Payment released", "Release is being processed"],
  } as const;
  return {
    status: done ? 200 : 202,
    body: {
      message: words[kind][done ? 0 : 1],
      transaction_id: transaction.transactionId,
      status: transaction.status,
      captured_amount: formatAmount(transaction.capturedMinor, transaction.currency),
      capturable_amount: formatAmount(transaction.capturableMinor, transaction.currency),
    },
  };
}

export function viewRefund(refund: RefundRecord): View<"refundView"> {
  return {
    id: refund.id,
    refund_id: refund.refundId,
    transaction: refund.transactionPk,
    transaction_id: refund.transactionId,
    amount: formatAmount(refund.amountMinor, refund.currency),
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    gateway_refund_id: refund.gatewayRefundId ?? "",
    source: refund.source,
    error_message: refund.errorMessage,
    retry_of: refund.retryOf,
    metadata: refund.metadata,
    created_at: time(refund.createdAt),
    updated_at: time(refund.updatedAt),
  };
}

export function viewWebhookEvent(event: WebhookEventRecord): View<"webhookEventView"> {
  return {
    id: event.id,
    gateway: event.gateway,
    event_id: event.eventId,
    type: event.type,
    state: event.state,
    transaction_id: event.transactionId,
    attempts: event.attempts,
    last_error: event.lastError,
    received_at: time(event.receivedAt),
    next_attempt_at: event.nextAttemptAt && time(event.nextAttemptAt),
    settled_at: event.settledAt && time(event.settledAt),
  };
}

export function viewDispute(dispute: DisputeRecord): View<"disputeView"> {
  return {
    id: dispute.id,
    dispute_id: dispute.disputeId,
    transaction_id: dispute.transactionId,
    gateway: dispute.gateway,
    gateway_dispute_id: dispute.gatewayDisputeId,
    status: dispute.status,
    reason: dispute.reason,
    amount: formatAmount(dispute.amountMinor, dispute.currency),
    currency: dispute.currency,
    due_by: dispute.dueBy && time(dispute.dueBy),
    created_at: time(dispute.createdAt),
    updated_at: time(dispute.updatedAt),
  };
}

export function viewCase(found: CaseRecord): View<"caseView"> {
  return {
    id: found.id,
    kind: found.kind,
    status: found.status,
    gateway: found.gateway as GatewayName | null,
    transaction_id: found.transactionId,
    evidence: found.evidence,
    resolution: found.resolution,
    note: found.note,
    resolved_by: found.resolvedByEmail,
    created_at: time(found.createdAt),
    seen_at: time(found.seenAt),
    resolved_at: found.resolvedAt && time(found.resolvedAt),
  };
}

export function viewReconciliation(run: ReconciliationRunRecord): View<"reconciliationView"> {
  return {
    id: run.id,
    gateway: run.gateway,
    from: time(run.from),
    until: time(run.until),
    compared: run.compared,
    differences: run.differences,
    error: run.error,
    started_at: time(run.startedAt),
    finished_at: run.finishedAt && time(run.finishedAt),
  };
}

export function viewOrder(order: OrderRecord): View<"orderView"> {
  return {
    id: order.id,
    order_number: order.orderNumber,
    user: order.userId,
    amount: formatAmount(order.amountMinor, order.currency),
    currency: order.currency,
    country: order.country,
    status: order.status,
    items: order.items.map((item) => ({
      sku: item.sku,
      name: item.name,
      unit_amount: formatAmount(item.unitAmountMinor, order.currency),
      quantity: item.quantity,
    })),
    created_at: time(order.createdAt),
  };
}

export function viewProduct(product: ProductRecord): View<"productView"> {
  return {
    sku: product.sku,
    name: product.name,
    unit_amount: formatAmount(product.unitAmountMinor, product.currency),
    currency: product.currency,
    in_stock: product.inStock,
  };
}
