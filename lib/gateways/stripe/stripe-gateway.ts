// Stripe, API version 2026-10-28.endive, through its package `stripe`. Shoppers pay in Stripe's Payment
// Element on our page, so nothing of a card comes by here; a caller of our API may name a payment method.
//
// Pages (docs.stripe.com): api/payment_intents, payments/paymentintents/lifecycle, api/refunds,
// payments/place-a-hold-on-a-payment-method, api/idempotent_requests, error-handling, declines/codes,
// webhooks, currencies.
//
// Stripe's inquiries (disputes whose status begins with `warning_`) move no money and are left to Stripe's
// dashboard. Saved cards are not offered.
//
// Still to be checked against the live service:
// - that an account's other ways to pay than cards fit the hour that a shopper has here;
// - how UGX is to be written (two zeroes are sent, as its page on special cases says).
//
// Test cards: 4242424242424242 succeeds; 4000000000000002 declined; 4000000000009995 insufficient funds;
// 4000000000003220 3-D Secure. For the server: pm_card_visa, pm_card_visa_chargeDeclined,
// pm_card_threeDSecure2Required.
import { declined } from "../declined.ts";
import type {
  AccountCheck,
  ChargeRequest,
  Gateway,
  GatewayAccount,
  LookupOutcome,
  LookupRequest,
  Outcome,
} from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { declinedCharge } from "./declines.ts";
import { callStripe, keysRefused, unanswered, type ApiAnswer } from "./stripe-api.ts";
import { holds } from "./stripe-holds.ts";
import { listCharges } from "./stripe-list.ts";
import {
  intentOutcome,
  intentSchema,
  isFailed,
  isOpen,
  unknown,
  type Intent,
} from "./stripe-outcomes.ts";
import { parsePayment } from "./parse-payment.ts";
import { prepare } from "./prepare.ts";
import { lookupRefund, refund } from "./stripe-refunds.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const capabilities = {
  partialRefund: true,
  manualCapture: true,
  partialCapture: true,
  // Each capture is final: more than one is a feature that an account may lack.
  multipleCaptures: false,
  rawCard: false,
  currencies,
} as const;

/** How long a shopper has for the fields and the bank's page. Stripe itself sets no end. */
const shopperMs = 60 * 60_000;

function keyProblem({
  mode,
  publicKey,
  secretKey,
}: Pick<GatewayAccount, "mode" | "publicKey" | "secretKey">): string | null {
  const secret = /^(?:sk|rk)_(test|live)_\w+$/.exec(secretKey)?.[1];
  const publishable = /^pk_(test|live)_\w+$/.exec(publicKey)?.[1];
  if (secret === undefined) return "The secret key must begin with sk_test_, sk_live_ or rk_.";
  if (publishable === undefined) return "The public key must begin with pk_test_ or pk_live_.";
  if (secret !== publishable) return "One key is of test mode and the other of live mode.";
  return secret === mode
    ? null
    : `These are keys of ${secret} mode, and the account is in ${mode} mode.`;
}

async function checkAccount(account: GatewayAccount): Promise<AccountCheck> {
  const answer = await callStripe(account, (stripe) => stripe.balance.retrieve());
  if (answer.kind === "success") {
    return answer.data.livemode === (account.mode === "live")
      ? { ok: true }
      : { ok: false, problem: `Stripe says that these keys are not of ${account.mode} mode.` };
  }
  if (answer.kind === "not_sent" && answer.detail === keysRefused) {
    return { ok: false, problem: "Stripe refuses this secret key." };
  }
  return { ok: false, problem: "Stripe could not be reached. Try again in a while." };
}

type Asked = Pick<ChargeRequest, "merchantReference" | "gatewayKey" | "returnUrl">;

/** The intent in an answer, where it is the payment's. */
function read(answer: ApiAnswer<unknown>, { merchantReference }: Asked): Intent | Outcome {
  switch (answer.kind) {
    case "success": {
      const parsed = intentSchema.safeParse(answer.data);
      if (!parsed.success) return unknown("unreadable intent");
      const isOurs = parsed.data.metadata["transaction_id"] === merchantReference;
      return isOurs ? parsed.data : unknown("another payment");
    }
    case "card":
    case "refused":
      return unknown("the intent is not shown");
    default:
      return answer;
  }
}

const isIntent = (found: Intent | Outcome): found is Intent => "status" in found;

async function look(account: GatewayAccount, id: string, asked: Asked): Promise<Intent | Outcome> {
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }),
  );
  return read(answer, asked);
}

/**
 * Ends an intent, so that it can never be paid. `ended` where that is so; else what is so instead. Without
 * a key of ours: a refusal that was stored under it would come again when the state has changed.
 */
async function giveUp<T extends LookupOutcome>(
  account: GatewayAccount,
  id: string,
  asked: Asked,
  ended: T,
): Promise<Outcome | T> {
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.cancel(id, { cancellation_reason: "abandoned" }),
  );
  // What is refused has ended by now, or is under way.
  const found = answer.kind === "refused" ? await look(account, id, asked) : read(answer, asked);
  if (!isIntent(found)) return unknown("the intent could not be cancelled");
  if (found.status === "canceled") return ended;
  return isOpen(found) || isFailed(found) ? unknown("still open") : intentOutcome(found);
}

/** What a payment came to. A decline is told when the intent is cancelled: it cannot be paid later then. */
async function settled(
  account: GatewayAccount,
  found: Intent | Outcome,
  asked: Asked,
): Promise<Outcome> {
  if (!isIntent(found)) return found;
  const outcome = intentOutcome(found);
  return isFailed(found) ? giveUp(account, found.id, asked, outcome) : outcome;
}

/** Pays with a method that the caller names, on the server. */
async function confirm(
  account: GatewayAccount,
  id: string,
  method: string,
  asked: Asked,
): Promise<Outcome> {
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.confirm(
      id,
      { payment_method: method, return_url: asked.returnUrl, expand: ["latest_charge"] },
      { idempotencyKey: `${asked.gatewayKey}-confirm` },
    ),
  );
  if (answer.kind === "card") {
    return giveUp(account, id, asked, declinedCharge(answer, id));
  }
  if (answer.kind !== "refused") return settled(account, read(answer, asked), asked);
  // It is in no state to be confirmed: it was before, perhaps by this very request.
  const found = await look(account, id, asked);
  if (isIntent(found) && isOpen(found)) {
    return giveUp(account, id, asked, declined("processing_error", id));
  }
  return settled(account, found, asked);
}

async function charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome> {
  const { intentReference: id, payment } = request;
  if (id === null) return { kind: "not_sent", detail: "there is no intent" };
  const method = payment.fields["payment_method"];
  if (method !== undefined) return confirm(account, id, method, request);
  return settled(account, await look(account, id, request), request);
}

async function lookupCharge(
  account: GatewayAccount,
  request: LookupRequest,
): Promise<LookupOutcome> {
  const { intentReference: id, awaitsShopper, openedAt, payment } = request;
  // Without an intent the browser had nothing to pay.
  if (id === null) return { kind: "absent" };
  const found = await look(account, id, request);
  if (!isIntent(found)) return found.kind === "not_sent" ? unanswered(found) : found;
  const method = payment.fields["payment_method"];
  if (isOpen(found)) {
    if (!awaitsShopper) return giveUp(account, id, request, { kind: "absent" });
    if (method !== undefined) return confirm(account, id, method, request);
  }
  if (wasGivenUp(found) && !awaitsShopper) return { kind: "absent" };
  const isOver = Date.now() - openedAt.getTime() > shopperMs;
  if (isOver && (isOpen(found) || found.status === "requires_action")) {
    return giveUp(account, id, request, declined("payment_expired", id));
  }
  return settled(account, found, request);
}

/** Cancelled before anybody tried to pay it. */
function wasGivenUp({ status, latest_charge, last_payment_error }: Intent): boolean {
  return status === "canceled" && !latest_charge && !last_payment_error;
}

async function cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome> {
  const { intentReference: id } = request;
  const cancelled = declined("cancelled", id);
  if (id === null) return cancelled;
  const found = await look(account, id, request);
  if (!isIntent(found)) return found;
  // Cancelling what is held would release it: that is for a void to do.
  const ends = isOpen(found) || isFailed(found) || found.status === "requires_action";
  if (ends) return giveUp(account, id, request, cancelled);
  return wasGivenUp(found) ? cancelled : intentOutcome(found);
}

export const stripeGateway: Gateway = {
  name: "stripe",
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
