// PayPal: Orders v2 and Payments v2 over plain HTTP. The buyer approves an order at PayPal, in its button's
// window or on its page; only then, and only by our word, is the money taken or held. Nothing of a card
// comes by here.
//
// Pages (developer.paypal.com): api/orders/v2, api/payments/v2, api/rest/authentication,
// api/rest/responses, reference/guidelines/idempotency, api/rest/webhooks/rest,
// docs/transaction-search, sdk/js/reference.
//
// Still to be checked against the live service:
// - what an order says after INSTRUMENT_DECLINED; here that payment is declined and the shopper begins anew;
// - how long GET of an order answers after it was paid (a lost answer to a refund is looked for there);
// - that a refund's `custom_id` is in the order, in webhooks and as `custom_field` in the search;
// - the status of a hold that ran out by itself (VOIDED is expected), and when PayPal tells of it;
// - that a capture names its hold (`paypal_reference_id`) in the search, and a release (T1302) too;
// - the search is up to three hours behind: reconcile what is older.
//
// Negative testing: the header PayPal-Mock-Response with a mock application code, in PayPal's sandbox only.
import { declined } from "../declined.ts";
import { amountProblem, toGatewayDecimal } from "../amounts.ts";
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
import { askForToken } from "./access-token.ts";
import { currencies } from "./currencies.ts";
import { busyIssues, buyerIssues, declinedCharge, doneIssues } from "./declines.ts";
import { callPayPal, type ApiAnswer } from "./paypal-api.ts";
import { holds } from "./paypal-holds.ts";
import { listCharges } from "./paypal-list.ts";
import { asQuestion, orderOutcome, readOrder, unreadable } from "./paypal-outcomes.ts";
import { lookupRefund, refund } from "./paypal-refunds.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const capabilities = {
  partialRefund: true,
  manualCapture: true,
  partialCapture: true,
  // Each capture is final: what it leaves out is the buyer's again.
  multipleCaptures: false,
  rawCard: false,
  currencies,
} as const;

/** PayPal lets an order lapse that nobody approved; it answers no longer by then, or soon. */
const approvalWindowMs = 6 * 3_600_000;

function keyProblem({
  publicKey,
  secretKey,
}: Pick<GatewayAccount, "publicKey" | "secretKey">): string | null {
  // PayPal's keys do not say which mode they are for: the check of the account does.
  if (!/^[\w-]{20,128}$/.test(publicKey)) return "The public key must be PayPal's client id.";
  if (!/^[\w-]{20,128}$/.test(secretKey)) return "The secret key must be PayPal's client secret.";
  return publicKey === secretKey ? "The client id and the client secret are the same." : null;
}

async function checkAccount(account: GatewayAccount): Promise<AccountCheck> {
  const answer = await askForToken(account);
  if (answer.kind === "token") return { ok: true };
  if (answer.kind === "refused") {
    const problem = `PayPal refuses this client id and secret in ${account.mode} mode.`;
    return { ok: false, problem };
  }
  return { ok: false, problem: "PayPal could not be reached. Try again in a while." };
}

async function prepare(account: GatewayAccount, request: PrepareRequest): Promise<PrepareOutcome> {
  const { intentReference: known } = request;
  if (known !== null) return { kind: "prepared", intentReference: known, clientSecret: known };
  const problem = amountProblem(capabilities, request.amountMinor, request.currency);
  if (problem !== null) return { kind: "refused", message: problem };
  const answer = await callPayPal(account, {
    method: "POST",
    path: "/v2/checkout/orders",
    requestId: request.gatewayKey,
    body: orderRequest(request),
  });
  switch (answer.kind) {
    case "success": {
      const order = readOrder(answer.data, request.merchantReference);
      return order
        ? { kind: "prepared", intentReference: order.id, clientSecret: order.id }
        : { kind: "unreachable", detail: unreadable.detail };
    }
    case "refused": {
      if (busyIssues.has(answer.issue)) return { kind: "unreachable", detail: answer.issue };
      const message = "PayPal does not take this payment. Nothing was charged: pay another way.";
      return { kind: "refused", message };
    }
    default:
      return { kind: "unreachable", detail: answer.detail };
  }
}

/** Of what a browser brings back, which anybody may write, one word is of use: that the shopper gave up. */
function parsePayment(data: Record<string, string> | undefined): PaymentInput {
  const isGivenUp = data?.["status"] === "cancelled";
  return { card: null, fields: isGivenUp ? { status: "cancelled" } : {} };
}

type Asked = Pick<
  ChargeRequest,
  "intentReference" | "merchantReference" | "captureMethod" | "gatewayKey"
>;
type Seen = Outcome | { kind: "approved" };

function orderPath(order: string): string {
  return `/v2/checkout/orders/${encodeURIComponent(order)}`;
}

/** What PayPal has of the payment, changed by nothing. */
async function look(account: GatewayAccount, order: string, request: Asked): Promise<Seen> {
  const answer = await callPayPal(account, { method: "GET", path: orderPath(order) });
  if (answer.kind === "refused") {
    // An order that nobody paid is forgotten after a while.
    return answer.status === 404
      ? declined("payment_expired", null)
      : { kind: "unknown", detail: answer.issue };
  }
  return answer.kind === "success" ? seenIn(answer, account, request) : answer;
}

function seenIn(
  { data }: Extract<ApiAnswer, { kind: "success" }>,
  account: GatewayAccount,
  { merchantReference }: Asked,
): Seen {
  const order = readOrder(data, merchantReference);
  return order ? orderOutcome(order, account) : unreadable;
}

/** Takes (or holds) the money of an order that the buyer has approved. The key makes a repetition safe. */
async function take(account: GatewayAccount, order: string, request: Asked): Promise<Outcome> {
  const verb = request.captureMethod === "manual" ? "authorize" : "capture";
  const answer = await callPayPal(account, {
    method: "POST",
    path: `${orderPath(order)}/${verb}`,
    requestId: request.gatewayKey,
    body: {},
  });
  if (answer.kind === "success") return decided(seenIn(answer, account, request));
  if (answer.kind !== "refused") return answer;
  const { issue } = answer;
  if (busyIssues.has(issue)) return { kind: "unknown", detail: issue };
  if (doneIssues.has(issue) || buyerIssues.has(issue)) {
    return asQuestion(decided(await look(account, order, request)));
  }
  return declinedCharge(issue);
}

/** After our word was given, "approved" is no end: it is asked again. */
function decided(seen: Seen): Outcome {
  return seen.kind === "approved" ? { kind: "unknown", detail: "approved and not taken" } : seen;
}

async function charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome> {
  const { intentReference: order } = request;
  if (order === null) return { kind: "not_sent", detail: "there is no order to pay" };
  const seen = await look(account, order, request);
  return seen.kind === "approved" ? take(account, order, request) : seen;
}

async function lookupCharge(
  account: GatewayAccount,
  request: LookupRequest,
): Promise<LookupOutcome> {
  const { intentReference: order, openedAt, payment } = request;
  if (order === null) return { kind: "absent" };
  const seen = await look(account, order, request);
  if (seen.kind === "approved") return asQuestion(await take(account, order, request));
  if (seen.kind !== "action_required") return asQuestion(seen);
  // Only what the buyer approves is ever taken, and only from here: an order that is left alone is over.
  if (payment.fields["status"] === "cancelled") return declined("cancelled", null);
  const isLate = Date.now() - openedAt.getTime() > approvalWindowMs;
  return isLate ? declined("payment_expired", null) : seen;
}

/** An order cannot be cancelled at PayPal, and need not be: nothing is taken without our word. */
async function cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome> {
  const { intentReference: order } = request;
  if (order === null) return declined("cancelled", null);
  const seen = await look(account, order, request);
  const isOpen = seen.kind === "approved" || seen.kind === "action_required";
  return isOpen ? declined("cancelled", null) : asQuestion(seen);
}

export const paypalGateway: Gateway = {
  name: "paypal",
  capabilities,
  keyProblem,
  checkAccount,
  prepare,
  parsePayment,
  charge,
  refund,
  lookupCharge,
  cancelCharge,
  lookupRefund,
  holds,
  webhooks: {
    verify: (request, { account, secret }, now) => verifyWebhook(request, { account, secret }, now),
    translate: translateWebhook,
  },
  listCharges,
};

/** `invoice_id` is left out: it must be unique for ever, and a second try to pay would be refused. */
function orderRequest(request: PrepareRequest): Record<string, unknown> {
  const { amountMinor, currency, captureMethod, merchantReference, orderNumber, returnUrl } =
    request;
  const rule = currencies[currency];
  const value = rule ? toGatewayDecimal(amountMinor, currency, rule) : null;
  const cancelUrl = new URL(returnUrl);
  cancelUrl.searchParams.set("status", "cancelled");
  return {
    intent: captureMethod === "manual" ? "AUTHORIZE" : "CAPTURE",
    purchase_units: [
      {
        custom_id: merchantReference,
        description: `Order ${orderNumber}`,
        amount: { currency_code: currency, value },
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url: returnUrl,
          cancel_url: cancelUrl.href,
          user_action: "PAY_NOW",
          shipping_preference: "NO_SHIPPING",
        },
      },
    },
  };
}
