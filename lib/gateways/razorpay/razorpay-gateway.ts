// Razorpay, API v1. The shopper pays in Razorpay's own window; what they authorize waits for our capture,
// so the shop decides when money moves, and what it does not capture goes back to them by itself.
//
// Pages (razorpay.com/docs): api/orders, payments/payment-gateway/web-integration/standard, api/payments,
// payments/payments/capture-settings/api, api/refunds/normal-refunds-idempotent, webhooks, errors.
//
// Still to be checked against the live service:
// - that an order's `payment.capture` goes before the dashboard's own setting in every region;
// - that `notes` of an order come back on its payments (else webhooks are matched by nothing and the
//   janitor finds the payment);
// - the status code of refused keys (401 is expected).
//
// Test cards: 4100280000001007 succeeds, 4100280000060003 declined, 4100280000080001 insufficient funds,
// 4100280000000009 authentication fails; any future date, any CVV, a code of four to ten digits.
import { z } from "zod";
import { invalidField } from "../../domain/errors.ts";
import { amountProblem, toGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type {
  AccountCheck,
  ChargeRequest,
  Gateway,
  GatewayAccount,
  LookupOutcome,
  LookupRequest,
  Outcome,
  PaymentInput,
  PrepareOutcome,
  PrepareRequest,
} from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { callRazorpay, keysRefused, unanswered, type NoWord } from "./razorpay-api.ts";
import { listCharges } from "./razorpay-list.ts";
import {
  capturedOutcome,
  declineReason,
  isCaptured,
  listOf,
  orderSchema,
  paymentSchema,
  unknown,
  type Payment,
} from "./razorpay-outcomes.ts";
import { lookupRefund, refund } from "./razorpay-refunds.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { isSignedPair, verifyWebhook } from "./verify-webhook.ts";

const capabilities = {
  partialRefund: true,
  // Razorpay holds for five days at most and has no call that lets go: a hold is not offered.
  manualCapture: false,
  partialCapture: false,
  multipleCaptures: false,
  rawCard: false,
  currencies,
} as const;

const payments = listOf(paymentSchema);
const orders = listOf(orderSchema);

/** How long a shopper has to pay an order; what they authorize later is not captured. */
const windowMs = 45 * 60_000;

function keyProblem({
  mode,
  publicKey,
  secretKey,
}: Pick<GatewayAccount, "mode" | "publicKey" | "secretKey">): string | null {
  const kind = /^rzp_(test|live)_/.exec(publicKey)?.[1];
  if (kind === undefined) return "The key id must begin with rzp_test_ or rzp_live_.";
  if (secretKey === "") return "The key's secret is missing.";
  if (kind === mode) return null;
  return `This is a key of ${kind} mode, and the account is in ${mode} mode.`;
}

async function checkAccount(account: GatewayAccount): Promise<AccountCheck> {
  const answer = await callRazorpay(account, "/payments?count=1");
  if (answer.kind === "success") return { ok: true };
  if (answer.kind === "refused" || answer.detail === keysRefused) {
    return { ok: false, problem: "Razorpay refuses this key id and secret." };
  }
  return { ok: false, problem: "Razorpay could not be reached. Try again in a while." };
}

/**
 * Makes the order that the shopper pays. Orders know no idempotency key: one that was made before is found
 * by its receipt, which is our transaction's id.
 */
async function prepare(account: GatewayAccount, request: PrepareRequest): Promise<PrepareOutcome> {
  const { intentReference: known, merchantReference, amountMinor, currency } = request;
  if (known !== null) return prepared(known);
  const problem = amountProblem(capabilities, amountMinor, currency);
  if (problem !== null) return { kind: "refused", message: problem };
  const rule = currencies[currency];
  const amount = Number(rule ? toGatewayMinor(amountMinor, currency, rule) : 0n);
  const before = await callRazorpay(
    account,
    `/orders?receipt=${encodeURIComponent(merchantReference)}`,
  );
  if (before.kind !== "success" && before.kind !== "refused") {
    return { kind: "unreachable", detail: before.detail };
  }
  const listed = before.kind === "success" ? orders.safeParse(before.data) : null;
  const same = listed?.data?.items.find(
    (order) =>
      order.receipt === merchantReference && order.amount === amount && order.currency === currency,
  );
  if (same) return prepared(same.id);
  const answer = await callRazorpay(account, "/orders", {
    body: {
      amount,
      currency,
      receipt: merchantReference,
      payment: { capture: "manual" },
      notes: { transaction_id: merchantReference, order_number: request.orderNumber },
    },
  });
  if (answer.kind === "refused") {
    return {
      kind: "refused",
      message: "Razorpay does not take this payment. Nothing was charged: pay another way.",
    };
  }
  if (answer.kind !== "success") return { kind: "unreachable", detail: answer.detail };
  const made = orderSchema.safeParse(answer.data);
  return made.success
    ? prepared(made.data.id)
    : { kind: "unreachable", detail: "unreadable order" };
}

const prepared = (orderId: string): PrepareOutcome => ({
  kind: "prepared",
  intentReference: orderId,
  clientSecret: orderId,
});

const fields = z.strictObject({
  razorpay_payment_id: z.string().regex(/^pay_[A-Za-z0-9]{1,64}$/),
  razorpay_order_id: z.string().regex(/^order_[A-Za-z0-9]{1,64}$/),
  razorpay_signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What Razorpay's window gave the browser: all three, or nothing. */
function parsePayment(data: Record<string, string> | undefined): PaymentInput {
  if (data === undefined || Object.keys(data).length === 0) return { card: null, fields: {} };
  const parsed = fields.safeParse(data);
  if (parsed.success) return { card: null, fields: parsed.data };
  const name = String(parsed.error.issues[0]?.path[0] ?? "razorpay_payment_id");
  throw invalidField(`payment_data.${name}`, "Send what Razorpay's window gave, and nothing else.");
}

/** Everything that was tried on the order, oldest first. */
async function attempts(account: GatewayAccount, orderId: string): Promise<Payment[] | NoWord> {
  const answer = await callRazorpay(account, `/orders/${encodeURIComponent(orderId)}/payments`);
  if (answer.kind === "refused") return unknown("the order is not shown");
  if (answer.kind !== "success") return answer;
  const list = payments.safeParse(answer.data);
  if (!list.success) return unknown("unreadable payments");
  return list.data.items.sort(
    (a, b) => a.created_at.getTime() - b.created_at.getTime() || (a.id < b.id ? -1 : 1),
  );
}

/** Takes what the shopper authorized. Twice is refused there: the payment then tells how it stands. */
async function capture(account: GatewayAccount, payment: Payment): Promise<Outcome> {
  const { id, amount, currency } = payment;
  const answer = await callRazorpay(account, `/payments/${id}/capture`, {
    body: { amount, currency },
  });
  if (answer.kind === "success") return readCapture(answer.data);
  if (answer.kind !== "refused") return answer;
  const now = await callRazorpay(account, `/payments/${id}`);
  return now.kind === "success" ? readCapture(now.data) : unknown("the capture was refused");
}

function readCapture(data: unknown): Outcome {
  const payment = paymentSchema.safeParse(data);
  if (!payment.success) return unknown("unreadable payment");
  if (isCaptured(payment.data)) return capturedOutcome(payment.data);
  return payment.data.status === "authorized"
    ? { kind: "pending", reference: payment.data.id }
    : unknown("unreadable status");
}

/** Carries a charge on: what is captured is told, what is authorized is captured, else `waiting`. */
async function carryOn(
  account: GatewayAccount,
  { intentReference, payment, amountMinor, currency }: ChargeRequest | LookupRequest,
  waiting: (tried: readonly Payment[]) => LookupOutcome,
): Promise<LookupOutcome> {
  if (intentReference === null) return { kind: "not_sent", detail: "there is no order to pay" };
  const found = await attempts(account, intentReference);
  if ("kind" in found) return found;
  const taken = found.find(isCaptured);
  if (taken) return capturedOutcome(taken);
  const authorized = found.filter(({ status }) => status === "authorized");
  const named = payment.fields["razorpay_payment_id"];
  const { razorpay_signature: signature = "" } = payment.fields;
  const isOurs =
    named !== undefined &&
    isSignedPair({ orderId: intentReference, paymentId: named, signature }, account.secretKey);
  // Of several the one that the shopper has just made, else the oldest: one is captured, ever.
  const chosen = (isOurs && authorized.find(({ id }) => id === named)) || authorized[0];
  if (!chosen) return waiting(found);
  const held = capturedOutcome(chosen);
  const isAsAsked =
    held.kind === "succeeded" && held.amountMinor === amountMinor && held.currency === currency;
  return isAsAsked ? capture(account, chosen) : unknown("another amount is authorized");
}

const shoppersTurn: Outcome = { kind: "action_required", reference: null, url: null };

/**
 * The window opens after this: a refusal that is there already came of one that is gone, and what comes
 * through late is not captured.
 */
async function charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome> {
  const outcome = await carryOn(account, request, (tried) => {
    const last = tried.findLast(({ status }) => status === "failed");
    return last ? declined(declineReason(last.error_reason ?? ""), last.id) : shoppersTurn;
  });
  return outcome.kind === "absent" ? unknown("unreadable answer") : outcome;
}

/** A try that failed is not the end: Razorpay's window lets the shopper try again, until the time is over. */
async function lookupCharge(
  account: GatewayAccount,
  request: LookupRequest,
): Promise<LookupOutcome> {
  const isOver = Date.now() - request.openedAt.getTime() > windowMs;
  if (isOver) return giveUp(account, request, "payment_expired");
  const outcome = await carryOn(account, request, () => shoppersTurn);
  // That this question was not sent says nothing of a capture that was sent before.
  return outcome.kind === "not_sent" ? unanswered(outcome) : outcome;
}

/** Nothing is captured any more by us, so nothing can be taken: what was, is told. */
async function giveUp(
  account: GatewayAccount,
  { intentReference }: LookupRequest,
  reason: "cancelled" | "payment_expired",
): Promise<Outcome> {
  if (intentReference === null) return declined(reason, null);
  const found = await attempts(account, intentReference);
  if ("kind" in found) return unanswered(found);
  const taken = found.find(isCaptured);
  if (taken) return capturedOutcome(taken);
  const last = found.findLast(({ status }) => status === "failed");
  return reason === "payment_expired" && last
    ? declined(declineReason(last.error_reason ?? ""), last.id)
    : declined(reason, null);
}

export const razorpayGateway: Gateway = {
  name: "razorpay",
  capabilities,
  keyProblem,
  checkAccount,
  prepare,
  parsePayment,
  charge,
  refund,
  lookupCharge,
  cancelCharge: (account, request) => giveUp(account, request, "cancelled"),
  lookupRefund,
  webhooks: {
    verify: (request, { secret }) => verifyWebhook(request, secret),
    translate: translateWebhook,
  },
  listCharges,
};
