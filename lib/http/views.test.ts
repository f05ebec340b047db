import { describe, expect, test } from "vitest";
import type { TransactionRecord } from "../db/transactions.ts";
import * as shapes from "./view-schemas.ts";
import { viewIntent, viewOrder, viewProcessResult, viewRefund, viewTransaction } from "./views.ts";

const at = new Date("2025-12-03T10:00:00.789Z");

const transaction: TransactionRecord = {
  id: 1,
  transactionId: "TXN-A1B2C3D4E5F6",
  orderId: 2,
  orderNumber: "ORD-ABC123",
  userId: 3,
  userEmail: "user@example.com",
  configurationId: 9,
  gateway: "dummy",
  gatewayTransactionId: null,
  intentReference: null,
  amountMinor: 15_000n,
  currency: "USD",
  status: "success",
  metadata: { payment_method: "dummy" },
  errorCode: null,
  errorMessage: "",
  captureMethod: "automatic",
  authorizedMinor: 0n,
  voidedMinor: 0n,
  authorizationPendingMinor: 0n,
  authorizationExpiresAt: null,
  capturableMinor: 0n,
  disputedMinor: 0n,
  capturedMinor: 15_000n,
  refundedMinor: 1_000n,
  refundPendingMinor: 500n,
  refundableMinor: 13_500n,
  excessCapture: false,
  nextAction: null,
  createdAt: at,
  updatedAt: at,
};

test("a transaction has the document's fields, and what was captured, refunded and is left", () => {
  expect(viewTransaction(transaction)).toEqual({
    id: 1,
    transaction_id: "TXN-A1B2C3D4E5F6",
    order: 2,
    order_number: "ORD-ABC123",
    user: 3,
    user_email: "user@example.com",
    gateway: "dummy",
    gateway_transaction_id: "",
    amount: "150.00",
    currency: "USD",
    status: "success",
    metadata: { payment_method: "dummy" },
    error_message: "",
    captured_amount: "150.00",
    refunded_amount: "10.00",
    refundable_amount: "135.00",
    refund_pending_amount: "5.00",
    disputed_amount: "0.00",
    capture_method: "automatic",
    authorized_amount: "0.00",
    capturable_amount: "0.00",
    authorization_expires_at: null,
    error_code: "",
    next_action: null,
    created_at: "2025-12-03T10:00:00Z",
    updated_at: "2025-12-03T10:00:00Z",
  });
});

test.each([
  ["JPY", "150"],
  ["KWD", "0.150"],
  ["USD", "1.50"],
])("amounts in %s have its own decimals", (currency, amount) => {
  const view = viewTransaction({ ...transaction, currency, amountMinor: 150n });
  expect(view.amount).toBe(amount);
});

test("an intent has the document's fields and no others", () => {
  const intent = {
    transaction,
    created: true,
    clientSecret: "dummy_secret_TXN-A1B2C3D4E5F6",
    publishableKey: "dummy_public_key",
  };
  expect(viewIntent(intent)).toEqual({
    transaction_id: "TXN-A1B2C3D4E5F6",
    amount: "150.00",
    currency: "USD",
    gateway: "dummy",
    client_secret: "dummy_secret_TXN-A1B2C3D4E5F6",
    publishable_key: "dummy_public_key",
  });
});

describe("what process answers", () => {
  const transaction_id = transaction.transactionId;

  test("paid, word for word", () => {
    const body = { message: "Payment processed successfully", transaction_id, status: "success" };
    expect(viewProcessResult({ kind: "success", transaction })).toEqual({ status: 200, body });
    expect(
      viewProcessResult({ kind: "success", transaction: { ...transaction, status: "refunded" } }),
    ).toEqual({ status: 200, body });
  });

  test("the shopper's turn", () => {
    const nextAction = { type: "redirect", url: "http://localhost:8000/x" } as const;
    const { status, body } = viewProcessResult({
      kind: "requires_action",
      transaction,
      nextAction,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      transaction_id,
      status: "requires_action",
      next_action: nextAction,
    });
  });

  test("not known yet", () => {
    expect(viewProcessResult({ kind: "processing", transaction })).toMatchObject({
      status: 202,
      body: { transaction_id, status: "processing" },
    });
  });

  test("declined, with the code and without the gateway's words", () => {
    const result = {
      kind: "declined",
      transaction,
      code: "insufficient_funds",
      reason: "internal",
    } as const;
    expect(viewProcessResult(result)).toEqual({
      status: 402,
      body: {
        error: "Payment processing failed",
        code: "insufficient_funds",
        transaction_id,
        status: "failed",
      },
    });
  });
});

test("a refund and an order have the document's fields", () => {
  const refund = viewRefund({
    id: 1,
    refundId: "REF-A1B2C3D4E5F6",
    transactionPk: 1,
    transactionId: "TXN-A1B2C3D4E5F6",
    amountMinor: 15_000n,
    currency: "USD",
    status: "refunded",
    reason: "Customer request",
    gatewayRefundId: null,
    metadata: {},
    errorMessage: "",
    requestedById: 4,
    requestedByEmail: "admin@example.com",
    source: "shop",
    retryOf: null,
    retriedBy: null,
    createdAt: at,
    updatedAt: at,
  });
  expect(shapes.refundView.strict().parse(refund)).toMatchObject({
    transaction: 1,
    amount: "150.00",
    gateway_refund_id: "",
  });
  const order = viewOrder({
    id: 1,
    orderNumber: "ORD-ABC123",
    userId: 3,
    userEmail: "user@example.com",
    amountMinor: 200n,
    currency: "JPY",
    country: null,
    status: "pending",
    items: [{ sku: null, name: "Part", unitAmountMinor: 100n, quantity: 2 }],
    createdAt: at,
  });
  expect(shapes.orderView.strict().parse(order)).toMatchObject({
    amount: "200",
    items: [{ unit_amount: "100" }],
  });
});
