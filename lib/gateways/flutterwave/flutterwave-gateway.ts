// Flutterwave, API v3 (v4 is another product and still a public beta). Shoppers pay on Flutterwave's own
// page: we ask for the page, send them there, and ask what became of it. Nothing of a card comes by here.
//
// Pages (developer.flutterwave.com): docs/collections-inflow/flutterwave-standard (the page, and how a link
// is disabled), docs/transaction-verification, docs/payment-operations/refunds, docs/webhooks,
// docs/errors, docs/error-timeouts, v3.0/docs/authentication.
//
// Still to be checked against the live service:
// - that a transaction's refunds echo our `comments` (as `comment` or `comments`), and name their currency
//   in webhooks; without the first a lost answer ends before a person, without the second a refund that
//   staff make in the dashboard is found by reconciliation alone;
// - whether `max_retry_attempt: 1` closes the page after the first failure or after the second;
// - the fields of chargeback webhooks beyond `id`, `status` and `amount`;
// - the status code of "no transaction was found" (400 is expected, any clear refusal is taken).
//
// Test cards (PIN 3310, code 12345): 5531886652142950 09/32 564 PIN; 4187427415564246 09/32 828 3-D Secure;
// 5258585922666506 09/31 883 insufficient funds; 5143010522339965 08/31 276 declined.
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
import { amountProblem, toGatewayDecimal } from "../amounts.ts";
import { currencies } from "./currencies.ts";
import { callFlutterwave, keysRefused, unanswered } from "./flutterwave-api.ts";
import { listCharges } from "./flutterwave-list.ts";
import { chargeOutcome, readLink, unknown } from "./flutterwave-outcomes.ts";
import { lookupRefund, refund } from "./flutterwave-refunds.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const capabilities = {
  partialRefund: true,
  // A page of Flutterwave's takes the money at once.
  manualCapture: false,
  partialCapture: false,
  multipleCaptures: false,
  rawCard: false,
  currencies,
} as const;

/** How long Flutterwave's page takes a payment. */
const sessionMinutes = 30;

function keyProblem({
  mode,
  publicKey,
  secretKey,
}: Pick<GatewayAccount, "mode" | "publicKey" | "secretKey">): string | null {
  if (!/^FLWSECK(_TEST)?-/.test(secretKey)) return "The secret key must begin with FLWSECK.";
  if (publicKey !== "" && !/^FLWPUBK(_TEST)?-/.test(publicKey)) {
    return "The public key must begin with FLWPUBK.";
  }
  const isTest = secretKey.startsWith("FLWSECK_TEST-");
  if (isTest === (mode === "test")) return null;
  return isTest
    ? "This is a key of test mode, and the account is in live mode."
    : "This is a key of live mode, and the account is in test mode.";
}

async function checkAccount(account: GatewayAccount): Promise<AccountCheck> {
  const answer = await callFlutterwave(account, "/balances");
  if (answer.kind === "success") return { ok: true };
  if (answer.kind === "refused" || answer.detail === keysRefused) {
    return { ok: false, problem: "Flutterwave refuses this secret key." };
  }
  return { ok: false, problem: "Flutterwave could not be reached. Try again in a while." };
}

/** Asks for a page, which takes no money by itself. One that was asked for before is used again. */
async function prepare(account: GatewayAccount, request: PrepareRequest): Promise<PrepareOutcome> {
  const { intentReference: known } = request;
  if (known !== null) return { kind: "prepared", intentReference: known, clientSecret: known };
  const problem = amountProblem(capabilities, request.amountMinor, request.currency);
  if (problem !== null) return { kind: "refused", message: problem };
  const answer = await callFlutterwave(account, "/payments", pageRequest(request));
  switch (answer.kind) {
    case "success": {
      const link = readLink(answer.data, account);
      return link === null
        ? { kind: "unreachable", detail: "unreadable link" }
        : { kind: "prepared", intentReference: link, clientSecret: link };
    }
    case "refused": {
      const message =
        "Flutterwave does not take this payment. Nothing was charged: pay another way.";
      return { kind: "refused", message };
    }
    default:
      return { kind: "unreachable", detail: answer.detail };
  }
}

/** The page's reference is that of our transaction: there is one for each try to pay. */
function pageRequest(request: PrepareRequest): Record<string, unknown> {
  const { merchantReference, amountMinor, currency, returnUrl, shopperEmail, orderNumber } =
    request;
  const rule = currencies[currency];
  const amount = rule ? toGatewayDecimal(amountMinor, currency, rule) : null;
  return {
    tx_ref: merchantReference,
    // Fifteen digits at most, which a number holds exactly.
    amount: Number(amount),
    currency,
    redirect_url: returnUrl,
    customer: { email: shopperEmail },
    session_duration: sessionMinutes,
    max_retry_attempt: 1,
    customizations: { title: `Order ${orderNumber}` },
    meta: { order_number: orderNumber },
  };
}

/**
 * Of what a browser brings back from the page (`status`, `tx_ref`, `transaction_id`), which anybody may
 * write, one word is of use: that the shopper gave up. Everything else is asked for.
 */
function parsePayment(data: Record<string, string> | undefined): PaymentInput {
  const isGivenUp = data?.["status"] === "cancelled";
  return { card: null, fields: isGivenUp ? { status: "cancelled" } : {} };
}

/** What was paid under our reference. `none`: nobody has begun to. */
async function look(
  account: GatewayAccount,
  { merchantReference }: Pick<ChargeRequest, "merchantReference">,
): Promise<Outcome | { kind: "none" }> {
  const query = new URLSearchParams({ tx_ref: merchantReference });
  const answer = await callFlutterwave(account, `/transactions/verify_by_reference?${query}`);
  if (answer.kind === "refused") return { kind: "none" };
  return answer.kind === "success"
    ? chargeOutcome(answer.data, merchantReference)
    : unanswered(answer);
}

/** Sees to it that the page takes no payment any more. False where that is not certain. */
async function closePage(
  account: GatewayAccount,
  { intentReference: link }: Pick<ChargeRequest, "intentReference">,
): Promise<boolean> {
  if (link === null) return true;
  const answer = await callFlutterwave(account, "/payments/link/disable", { link });
  // What is closed, paid or over already is refused.
  return answer.kind === "success" || answer.kind === "refused";
}

/** A payment that failed there is over: its page is closed before that is said, as far as it can be. */
async function settled(
  account: GatewayAccount,
  request: ChargeRequest,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.kind === "declined") await closePage(account, request);
  return outcome;
}

const shoppersTurn = (url: string): Outcome => ({ kind: "action_required", reference: null, url });

async function charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome> {
  const found = await look(account, request);
  if (found.kind !== "none") return settled(account, request, found);
  return request.intentReference === null
    ? { kind: "not_sent", detail: "there is no page to pay on" }
    : shoppersTurn(request.intentReference);
}

async function lookupCharge(
  account: GatewayAccount,
  request: LookupRequest,
): Promise<LookupOutcome> {
  const found = await look(account, request);
  if (found.kind !== "none") return settled(account, request, found);
  const { awaitsShopper, intentReference, openedAt, payment } = request;
  if (payment.fields["status"] === "cancelled") {
    return giveUp(account, request, declined("cancelled", null));
  }
  const isOver = Date.now() - openedAt.getTime() > sessionMinutes * 60_000;
  if (awaitsShopper && intentReference !== null && !isOver) return shoppersTurn(intentReference);
  const nothing = awaitsShopper ? declined("payment_expired", null) : ({ kind: "absent" } as const);
  return giveUp(account, request, nothing);
}

/** Closes the page, then looks a last time: what was paid before it closed is found. */
async function giveUp<T extends LookupOutcome>(
  account: GatewayAccount,
  request: LookupRequest,
  nothing: T,
): Promise<Outcome | T> {
  if (!(await closePage(account, request))) return unknown("the page could not be closed");
  const found = await look(account, request);
  return found.kind === "none" ? nothing : found;
}

async function cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome> {
  const found = await look(account, request);
  if (found.kind === "succeeded" || found.kind === "unknown") return found;
  const ended = await giveUp(account, request, declined("cancelled", null));
  // What came to nothing on a page that is closed now is given up, whatever it came to nothing by.
  return ended.kind === "declined" ? declined("cancelled", ended.reference) : ended;
}

export const flutterwaveGateway: Gateway = {
  name: "flutterwave",
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
  webhooks: {
    verify: (request, { secret }) => verifyWebhook(request, secret),
    translate: translateWebhook,
  },
  listCharges,
};
