import { z } from "zod";
import { caseKinds, caseResolutions } from "../domain/case.ts";
import {
  captureMethods,
  disputeStatuses,
  gatewayNames,
  refundStatuses,
  transactionStatuses,
} from "../domain/payment.ts";
import { webhookStates } from "../domain/webhook.ts";

// What the API answers. The views are typed by these and the OpenAPI document is made from them.

const amount = z
  .string()
  .meta({ description: "Decimal string with the currency's own decimals.", examples: ["150.00"] });
const time = z.iso.datetime().meta({ examples: ["2025-12-03T10:00:00Z"] });
const currency = z
  .string()
  .length(3)
  .meta({ description: "ISO 4217", examples: ["USD"] });
const gateway = z.enum(gatewayNames);
const metadata = z.record(z.string(), z.unknown());

const nextAction = z
  .union([z.object({ type: z.literal("redirect"), url: z.string() }), z.object({ type: gateway })])
  .meta({
    description:
      "Where to send the shopper; or the gateway in whose own fields they pay, with the intent's client_secret.",
  });

export const configurationView = z.object({
  id: z.int(),
  gateway,
  is_active: z.boolean(),
  merchant_id: z.string(),
  public_key: z.string(),
  currency,
  created_at: time,
  updated_at: time,
});

export const transactionView = z.object({
  id: z.int(),
  transaction_id: z.string(),
  order: z.int(),
  order_number: z.string(),
  user: z.int(),
  user_email: z.string(),
  gateway,
  gateway_transaction_id: z.string(),
  amount,
  currency,
  status: z.enum(transactionStatuses),
  metadata,
  error_message: z.string(),
  captured_amount: amount,
  refunded_amount: amount,
  refundable_amount: amount,
  refund_pending_amount: amount,
  disputed_amount: amount,
  capture_method: z.enum(captureMethods),
  authorized_amount: amount,
  capturable_amount: amount,
  authorization_expires_at: time.nullable(),
  error_code: z.string(),
  next_action: nextAction.nullable(),
  created_at: time,
  updated_at: time,
});

export const intentView = z.object({
  transaction_id: z.string(),
  amount,
  currency,
  gateway,
  client_secret: z.string(),
  publishable_key: z.string(),
});

export const paidView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.enum(["success"]),
});

export const authorizedView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.literal("authorized"),
});

export const cancelledView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.enum(transactionStatuses),
});

export const holdMovedView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.enum(transactionStatuses),
  captured_amount: amount,
  capturable_amount: amount,
});

export const actionRequiredView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.literal("requires_action"),
  next_action: nextAction,
});

export const processingView = z.object({
  message: z.string(),
  transaction_id: z.string(),
  status: z.literal("processing"),
});

export const declinedView = z.object({
  error: z.literal("Payment processing failed"),
  code: z.string(),
  transaction_id: z.string(),
  status: z.literal("failed"),
});

export const refundView = z.object({
  id: z.int(),
  refund_id: z.string(),
  transaction: z.int(),
  transaction_id: z.string(),
  amount,
  currency,
  status: z.enum(refundStatuses),
  reason: z.string(),
  gateway_refund_id: z.string(),
  source: z.enum(["shop", "gateway"]),
  error_message: z.string(),
  retry_of: z.string().nullable(),
  metadata,
  created_at: time,
  updated_at: time,
});

export const receivedView = z.object({ received: z.literal(true) });

export const webhookEventView = z.object({
  id: z.int(),
  gateway,
  event_id: z.string(),
  type: z.string(),
  state: z.enum(webhookStates),
  transaction_id: z.string().nullable(),
  attempts: z.int(),
  last_error: z.string(),
  received_at: time,
  next_attempt_at: time.nullable(),
  settled_at: time.nullable(),
});

export const disputeView = z.object({
  id: z.int(),
  dispute_id: z.string(),
  transaction_id: z.string(),
  gateway,
  gateway_dispute_id: z.string(),
  status: z.enum(disputeStatuses),
  reason: z.string(),
  amount,
  currency,
  due_by: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const caseView = z.object({
  id: z.int(),
  kind: z.enum(caseKinds),
  status: z.enum(["open", "resolved"]),
  gateway: gateway.nullable(),
  transaction_id: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  resolution: z.enum(caseResolutions).nullable(),
  note: z.string(),
  resolved_by: z.string().nullable(),
  created_at: time,
  seen_at: time,
  resolved_at: time.nullable(),
});

export const reconciliationView = z.object({
  id: z.int(),
  gateway,
  from: time,
  until: time,
  compared: z.int(),
  differences: z.int(),
  error: z.string(),
  started_at: time,
  finished_at: time.nullable(),
});

export const reconciledView = z.object({ runs: z.array(reconciliationView) });

export const orderView = z.object({
  id: z.int(),
  order_number: z.string(),
  user: z.int(),
  amount,
  currency,
  country: z.string().nullable(),
  status: z.enum(["pending", "paid", "cancelled"]),
  items: z.array(
    z.object({
      sku: z.string().nullable(),
      name: z.string(),
      unit_amount: amount,
      quantity: z.int(),
    }),
  ),
  created_at: time,
});

export const productView = z.object({
  sku: z.string(),
  name: z.string(),
  unit_amount: amount,
  currency,
  in_stock: z.boolean(),
});

export const tokensView = z.object({ access: z.string(), refresh: z.string() });
export const accountView = z.object({ id: z.int(), email: z.string() });
export const doneView = z.object({ detail: z.string() });

export const healthView = z.object({
  status: z.enum(["ok", "degraded", "unavailable"]),
  checks: z.object({
    database: z.enum(["ok", "down"]),
    redis: z.enum(["ok", "down", "off"]),
    worker: z.enum(["ok", "down"]),
    /** What the hourly check of the books found last; `unknown` when none was made lately. */
    books: z.enum(["ok", "violated", "unknown"]),
  }),
});

export const detailProblem = z.looseObject({
  detail: z.string(),
  code: z.string().optional(),
  errors: z.record(z.string(), z.array(z.string())).optional(),
});

export const paymentProblem = z.looseObject({
  error: z.string(),
  code: z.string().optional(),
  transaction_id: z.string().optional(),
  status: z.string().optional(),
});

/** The shapes that the OpenAPI document names. */
export const namedViews = {
  Configuration: configurationView,
  Transaction: transactionView,
  Intent: intentView,
  Paid: paidView,
  ActionRequired: actionRequiredView,
  Processing: processingView,
  Declined: declinedView,
  Refund: refundView,
  Received: receivedView,
  WebhookEvent: webhookEventView,
  Case: caseView,
  Reconciliation: reconciliationView,
  Order: orderView,
  Product: productView,
  Tokens: tokensView,
  Account: accountView,
  Done: doneView,
  Health: healthView,
  DetailProblem: detailProblem,
  PaymentProblem: paymentProblem,
} as const;
