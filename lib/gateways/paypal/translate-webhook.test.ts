import { describe, expect, test } from "vitest";
import { translateWebhook } from "./translate-webhook.ts";

const read = (type: string, resource: unknown) =>
  translateWebhook(Buffer.from(JSON.stringify({ id: "WH-1", event_type: type, resource })));

const amount = { currency_code: "USD", value: "10.00" };
const capture = { id: "C1", status: "COMPLETED", amount, custom_id: "TXN-0123456789AB" };
const up = [{ rel: "up", href: "https://api.paypal.com/v2/payments/captures/C1" }];
const refund = { id: "R1", status: "COMPLETED", amount, links: up };
const dispute = {
  dispute_id: "PP-D-1",
  disputed_transactions: [{ seller_transaction_id: "C1" }],
  reason: "UNAUTHORISED",
  status: "OPEN",
  dispute_amount: amount,
  seller_response_due_date: "2026-12-01T00:00:00.000Z",
};

describe("a capture", () => {
  test.each([
    ["PAYMENT.CAPTURE.COMPLETED", "COMPLETED", { kind: "succeeded", amountMinor: 1_000n }],
    ["PAYMENT.CAPTURE.PENDING", "PENDING", { kind: "pending", reference: "C1" }],
    // PayPal's pages spell it both ways.
    ["PAYMENT.CAPTURE.DENIED", "DECLINED", { kind: "declined" }],
    ["PAYMENT.CAPTURE.DECLINED", "DECLINED", { kind: "declined" }],
    // The status inside counts, not the type.
    ["PAYMENT.CAPTURE.COMPLETED", "PENDING", { kind: "pending" }],
    ["PAYMENT.CAPTURE.COMPLETED", "SOMETHING", { kind: "unknown" }],
  ])("%s of status %s", (type, status, outcome) => {
    const merchantReference = "TXN-0123456789AB";
    expect(read(type, { ...capture, status })).toMatchObject({
      type,
      event: { kind: "charge", merchantReference, outcome },
    });
  });

  test("of another shop, or of what was held, is no news", () => {
    const { custom_id: _, ...foreign } = capture;
    const held = { ...capture, supplementary_data: { related_ids: { authorization_id: "A1" } } };
    for (const resource of [foreign, held]) {
      expect(read("PAYMENT.CAPTURE.COMPLETED", resource).event).toEqual({ kind: "ignored" });
    }
  });
});

test("an approved order waits for our word; a lapsed approval is over", () => {
  const order = { id: "O1", purchase_units: [{ custom_id: "TXN-1" }] };
  expect(read("CHECKOUT.ORDER.APPROVED", order).event).toEqual({
    kind: "charge",
    merchantReference: "TXN-1",
    outcome: { kind: "pending", reference: "O1" },
  });
  expect(read("CHECKOUT.PAYMENT-APPROVAL.REVERSED", { order_id: "O1" }).event.kind).toBe("ignored");
  expect(read("CHECKOUT.PAYMENT-APPROVAL.REVERSED", order).event).toMatchObject({
    outcome: { kind: "declined", reason: "payment_expired" },
  });
});

test("a hold is told with when it ends", () => {
  const hold = { ...capture, status: "CREATED", expiration_time: "2026-12-24T00:00:00Z" };
  expect(read("PAYMENT.AUTHORIZATION.CREATED", hold).event).toMatchObject({
    outcome: { kind: "authorized", expiresAt: new Date("2026-12-24T00:00:00Z") },
  });
});

test("a refund names its capture; a reference that is no refund's is left out", () => {
  for (const [custom_id, merchantReference] of [
    ["REF-0123456789AB", "REF-0123456789AB"],
    ["TXN-0123456789AB", ""],
    [undefined, ""],
  ]) {
    expect(read("PAYMENT.CAPTURE.REFUNDED", { ...refund, custom_id }).event).toMatchObject({
      kind: "refund",
      merchantReference,
      chargeReference: "C1",
      outcome: { kind: "succeeded", reference: "R1" },
    });
  }
  expect(read("PAYMENT.REFUND.FAILED", { ...refund, status: "FAILED" }).event).toMatchObject({
    outcome: { kind: "declined", reason: "refund_failed" },
  });
  expect(() => read("PAYMENT.CAPTURE.REFUNDED", { ...refund, links: [] })).toThrow();
});

test.each([
  ["OPEN", undefined, "needs_response"],
  ["WAITING_FOR_SELLER_RESPONSE", undefined, "needs_response"],
  ["WAITING_FOR_BUYER_RESPONSE", undefined, "under_review"],
  ["UNDER_REVIEW", undefined, "under_review"],
  ["RESOLVED", "RESOLVED_SELLER_FAVOUR", "won"],
  ["RESOLVED", "CANCELED_BY_BUYER", "won"],
  ["RESOLVED", "RESOLVED_BUYER_FAVOUR", "lost"],
  ["RESOLVED", "ACCEPTED", "lost"],
])("a dispute that is %s, %s: %s", (status, outcome_code, expected) => {
  const resource = {
    ...dispute,
    status,
    ...(outcome_code && { dispute_outcome: { outcome_code } }),
  };
  expect(read("CUSTOMER.DISPUTE.UPDATED", resource).event).toMatchObject({
    kind: "dispute",
    disputeReference: "PP-D-1",
    chargeReference: "C1",
    status: expected,
    amountMinor: 1_000n,
    dueBy: new Date("2026-12-01T00:00:00.000Z"),
  });
});

test("a type that is not known is ignored, whatever else it says", () => {
  for (const type of [
    "PAYMENT.CAPTURE.REVERSED",
    "BILLING.PLAN.CREATED",
    "toString",
    "__proto__",
  ]) {
    expect(read(type, 7)).toEqual({ type, event: { kind: "ignored" } });
  }
});

test.each([
  ["PAYMENT.CAPTURE.COMPLETED", { ...capture, amount: 10 }],
  ["PAYMENT.CAPTURE.COMPLETED", { ...capture, id: "../x" }],
  ["PAYMENT.CAPTURE.COMPLETED", null],
  ["CUSTOMER.DISPUTE.CREATED", { ...dispute, disputed_transactions: [] }],
  ["CUSTOMER.DISPUTE.CREATED", { ...dispute, dispute_amount: { ...amount, value: "much" } }],
])("%s that cannot be read throws", (type, resource) => {
  expect(() => read(type, resource)).toThrow();
});
