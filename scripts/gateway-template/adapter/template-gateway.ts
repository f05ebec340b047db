// Template: shoppers pay on its page. We make a payment there, send the shopper to it, and ask what became
// of it.
//
// Pages: say here which pages of its documentation this follows, with the version of its API, what still
// has to be checked against the live service, and its test cards.
import { z } from "zod";
import { amountProblem, toGatewayMinor } from "#lib/gateways/amounts";
import { declined } from "#lib/gateways/declined";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import type {
  AccountCheck,
  ChargeRequest,
  Gateway,
  GatewayAccount,
  ListedCharge,
  LookupOutcome,
  LookupRequest,
  Outcome,
  PrepareOutcome,
  PrepareRequest,
  RefundRequest,
} from "#lib/gateways/gateway";
import { currencies } from "./currencies.ts";
import { callTemplate, keysRefused, unanswered } from "./template-api.ts";
import {
  listedCharge,
  paymentOutcome,
  paymentSchema,
  refundOutcome,
  refundSchema,
  unknown,
  type TemplatePayment,
} from "./template-outcomes.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const name = "template" as string as RemoteGateway;

const capabilities = {
  partialRefund: true,
  manualCapture: false,
  partialCapture: false,
  multipleCaptures: false,
  rawCard: false,
  currencies,
} as const;

function keyProblem({
  mode,
  secretKey,
}: Pick<GatewayAccount, "mode" | "secretKey">): string | null {
  if (!/^sk_(test|live)_/.test(secretKey)) return "The secret key must begin with sk_.";
  if (secretKey.startsWith(`sk_${mode}_`)) return null;
  return mode === "test"
    ? "This is a key of live mode, and the account is in test mode."
    : "This is a key of test mode, and the account is in live mode.";
}

async function checkAccount(account: GatewayAccount): Promise<AccountCheck> {
  const answer = await callTemplate(account, { path: "/account" });
  if (answer.kind === "success") return { ok: true };
  return answer.kind === "not_sent" && answer.detail === keysRefused
    ? { ok: false, problem: "Template refuses this secret key." }
    : { ok: false, problem: "Template could not be reached. Try again in a while." };
}

/** Makes a payment, which takes no money by itself; one that is there is read again. */
async function prepare(account: GatewayAccount, request: PrepareRequest): Promise<PrepareOutcome> {
  const { amountMinor, currency, intentReference } = request;
  const problem = amountProblem(capabilities, amountMinor, currency);
  if (problem !== null) return { kind: "refused", message: problem };
  const answer =
    intentReference === null
      ? await callTemplate(account, {
          path: "/payments",
          body: paymentBody(request),
          key: request.gatewayKey,
        })
      : await callTemplate(account, { path: `/payments/${intentReference}` });
  if (answer.kind === "refused") {
    return { kind: "refused", message: "Template does not take this payment: pay another way." };
  }
  if (answer.kind !== "success") return { kind: "unreachable", detail: answer.detail };
  const payment = paymentSchema.safeParse(answer.data);
  if (!payment.success) return { kind: "unreachable", detail: "unreadable payment" };
  return {
    kind: "prepared",
    intentReference: payment.data.id,
    clientSecret: payment.data.url,
  };
}

function paymentBody(request: PrepareRequest): Record<string, unknown> {
  const { merchantReference, currency, returnUrl, shopperEmail, orderNumber } = request;
  return {
    reference: merchantReference,
    amount: gatewayAmount(request),
    currency,
    return_url: returnUrl,
    email: shopperEmail,
    description: `Order ${orderNumber}`,
  };
}

/** In Template's minor units: fifteen digits at most, which a JSON number holds exactly. */
function gatewayAmount(request: { amountMinor: bigint; currency: string }): number | null {
  const rule = currencies[request.currency];
  const amount = rule ? toGatewayMinor(request.amountMinor, request.currency, rule) : null;
  return amount === null ? null : Number(amount);
}

/** The payment of ours as it stands: by its id, else by our reference. Null: there is none. */
async function find(
  account: GatewayAccount,
  { intentReference, merchantReference }: ChargeRequest,
): Promise<TemplatePayment | null | { kind: "unknown"; detail: string }> {
  const query = new URLSearchParams({ reference: merchantReference });
  const path = intentReference === null ? `/payments?${query}` : `/payments/${intentReference}`;
  const answer = await callTemplate(account, { path });
  if (answer.kind === "refused" && answer.status === 404) return null;
  if (answer.kind !== "success") return unanswered(answer);
  const read = z
    .union([paymentSchema, z.object({ data: z.array(paymentSchema) })])
    .safeParse(answer.data);
  if (!read.success) return unknown("unreadable payment");
  const payment = "data" in read.data ? (read.data.data[0] ?? null) : read.data;
  return payment === null || payment.reference === merchantReference
    ? payment
    : unknown("another reference");
}

async function charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome> {
  const found = await find(account, request);
  if (found === null) return { kind: "not_sent", detail: "there is no payment to pay" };
  return "kind" in found ? found : paymentOutcome(found);
}

async function lookupCharge(
  account: GatewayAccount,
  request: LookupRequest,
): Promise<LookupOutcome> {
  const found = await find(account, request);
  if (found === null) return { kind: "absent" };
  if ("kind" in found) return found;
  if (found.status !== "open" || request.awaitsShopper) return paymentOutcome(found);
  // Whether the shopper was ever sent there is not known: it is closed, so that it cannot be paid later.
  const closed = await close(account, found.id);
  return closed.kind === "declined" ? { kind: "absent" } : closed;
}

async function cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome> {
  const found = await find(account, request);
  if (found === null) return declined("cancelled", null);
  if ("kind" in found) return found;
  return found.status === "open" ? close(account, found.id) : paymentOutcome(found);
}

/** Cancels a payment that is open; one that was paid meanwhile is told as it is. */
async function close(account: GatewayAccount, id: string): Promise<Outcome> {
  const answer = await callTemplate(account, { path: `/payments/${id}/cancel`, body: {} });
  if (answer.kind !== "success") return unanswered(answer);
  const payment = paymentSchema.safeParse(answer.data);
  return payment.success ? paymentOutcome(payment.data) : unknown("unreadable payment");
}

async function refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome> {
  const answer = await callTemplate(account, {
    path: `/payments/${request.chargeReference}/refunds`,
    body: { reference: request.merchantReference, amount: gatewayAmount(request) },
    key: request.gatewayKey,
  });
  if (answer.kind === "refused") return declined("refund_refused", null);
  if (answer.kind !== "success") return answer;
  const made = refundSchema.safeParse(answer.data);
  return made.success ? refundOutcome(made.data) : unknown("unreadable refund");
}

async function lookupRefund(
  account: GatewayAccount,
  { merchantReference }: RefundRequest,
): Promise<LookupOutcome> {
  const query = new URLSearchParams({ reference: merchantReference });
  const answer = await callTemplate(account, { path: `/refunds?${query}` });
  if (answer.kind !== "success") return unanswered(answer);
  const read = z.object({ data: z.array(refundSchema) }).safeParse(answer.data);
  if (!read.success) return unknown("unreadable refund");
  const [found] = read.data.data;
  return found ? refundOutcome(found) : { kind: "absent" };
}

const pageSchema = z.object({ data: z.array(paymentSchema), has_more: z.boolean() });

async function* listCharges(
  account: GatewayAccount,
  { from, until }: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  for (let after = ""; ;) {
    const query = new URLSearchParams({
      from: from.toISOString(),
      until: until.toISOString(),
      ...(after === "" ? {} : { after }),
    });
    const answer = await callTemplate(account, { path: `/payments?${query}` });
    const page = pageSchema.safeParse(answer.kind === "success" ? answer.data : undefined);
    if (!page.success) throw new Error("Template's list could not be read.");
    const { data, has_more } = page.data;
    if (data.length > 0) yield data.map(listedCharge);
    after = data.at(-1)?.id ?? "";
    if (!has_more || after === "") return;
  }
}

export const templateGateway: Gateway = {
  name,
  capabilities,
  keyProblem,
  checkAccount,
  prepare,
  // Nothing that a browser brings is of use: what it says of the payment is asked for.
  parsePayment: () => ({ card: null, fields: {} }),
  charge,
  refund,
  lookupCharge,
  cancelCharge,
  lookupRefund,
  webhooks: {
    verify: (request, { secret }, now) => verifyWebhook(request, secret, now),
    translate: translateWebhook,
  },
  listCharges,
};
