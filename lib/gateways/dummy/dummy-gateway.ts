// The dummy gateway: a payment service of our own for trying things out, refused in production. It
// decides by card number and keeps its own persistent book, so that what happens between its book and
// ours can go wrong as it does with a real one. Test cards: the contract's table, below.
import { z } from "zod";
import { answerChallenge, bookCharge, findCharge } from "../../db/dummy-book.ts";
import { bookHoldMove, findHoldMove } from "../../db/dummy-holds.ts";
import { listDummyCharges } from "../../db/dummy-list.ts";
import { bookRefund, findRefund } from "../../db/dummy-refunds.ts";
import { cardBrand, luhnValid } from "../../domain/card.ts";
import { invalidField } from "../../domain/errors.ts";
import type {
  CaptureRequest,
  ChargeRequest,
  DeclineReason,
  Gateway,
  GatewayAccount,
  ListedCharge,
  LookupOutcome,
  LookupRequest,
  Outcome,
  PaymentInput,
  RefundRequest,
} from "../gateway.ts";
import { takeCall, takeListing } from "./faults.ts";
import { declined } from "../declined.ts";
import { chargeOutcome, holdOutcome, listedCharge, refundOutcome } from "./outcomes.ts";
import { translateWebhook } from "./translate-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";

const declinedCards: Readonly<Record<string, DeclineReason>> = {
  "4000000000000002": "card_declined",
  "4000000000009995": "insufficient_funds",
  "4000000000000069": "expired_card",
};
const threeDSecureCard = "4000000000003220";
const chargedThenBrokenCard = "4000000000000119";
const defaultCard = "4242424242424242";

// How long a shopper has for the bank's page.
const challengeMs = 15 * 60_000;

// How many charges a page of the list has.
const listPageSize = 100;

const cardSchema = z.object({
  card_number: z.string().optional(),
  expiry_month: z
    .string()
    .regex(/^(0?[1-9]|1[0-2])$/, "Enter a month from 01 to 12.")
    .optional(),
  expiry_year: z
    .string()
    .regex(/^(\d{2}|20\d{2})$/, "Enter a year such as 2027.")
    .optional(),
  cvv: z
    .string()
    .regex(/^\d{3,4}$/, "Enter three or four digits.")
    .optional(),
});

function parsePayment(data: Record<string, string> | undefined): PaymentInput {
  if (data === undefined) return { card: null, fields: {} };
  const parsed = cardSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidField(`payment_data.${issue?.path.join(".") ?? ""}`, issue?.message ?? "Invalid.");
  }
  const given = parsed.data.card_number;
  if (given === undefined) return { card: null, fields: {} };
  const number = given.replace(/[ -]/g, "");
  if (!luhnValid(number)) {
    throw invalidField("payment_data.card_number", "This is not a valid card number.");
  }
  return {
    card: { number, summary: { brand: cardBrand(number), last4: number.slice(-4) } },
    fields: {},
  };
}

async function charge(_account: unknown, request: ChargeRequest): Promise<Outcome> {
  const number = request.payment.card?.number ?? defaultCard;
  const declineCode = declinedCards[number] ?? null;
  const challenged = number === threeDSecureCard;
  const paid = request.captureMethod === "manual" ? "authorized" : "succeeded";
  const outcome = await takeCall({ verb: "charge", ...request }, async (pendingMs) => {
    const done = pendingMs === null ? paid : "pending";
    const booked = await bookCharge({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      state: challenged ? "requires_action" : declineCode === null ? done : "declined",
      captureMethod: request.captureMethod,
      amountMinor: request.amountMinor,
      currency: request.currency,
      declineCode,
      cardBrand: request.payment.card?.summary.brand ?? null,
      cardLast4: request.payment.card?.summary.last4 ?? null,
      returnUrl: challenged ? request.returnUrl : null,
      expiresInMs: challenged ? challengeMs : pendingMs,
    });
    return chargeOutcome(booked);
  });
  if (number === chargedThenBrokenCard && outcome.kind !== "not_sent") {
    return { kind: "unknown", detail: "the connection broke after the request was sent" };
  }
  return outcome;
}

function refund(_account: unknown, request: RefundRequest): Promise<Outcome> {
  return takeCall({ verb: "refund", ...request }, async (pendingMs) => {
    const booked = await bookRefund({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      chargeReference: request.chargeReference,
      amountMinor: request.amountMinor,
      pendingMs,
    });
    return booked ? refundOutcome(booked, request.currency) : declined("refund_refused", null);
  });
}

function lookupCharge(_account: unknown, request: LookupRequest): Promise<LookupOutcome> {
  return takeCall<LookupOutcome>({ verb: "lookup_charge", ...request }, async () => {
    const known = await findCharge(request.gatewayKey);
    if (known) return chargeOutcome(known);
    // Writing the refusal under the key makes "absent" final: a late request finds it and is refused.
    const written = await bookCharge({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      state: "refused",
      captureMethod: "automatic",
      amountMinor: request.amountMinor,
      currency: request.currency,
      declineCode: null,
      cardBrand: null,
      cardLast4: null,
      returnUrl: null,
      expiresInMs: null,
    });
    return written.state === "refused" ? { kind: "absent" } : chargeOutcome(written);
  });
}

async function cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome> {
  const found = await lookupCharge(account, request);
  if (found.kind === "absent") return declined("cancelled", null);
  if (found.kind !== "action_required" || found.reference === null) return found;
  await answerChallenge(found.reference, { approved: false, declineCode: "cancelled" });
  const after = await lookupCharge(account, request);
  return after.kind === "absent" ? declined("cancelled", null) : after;
}

function lookupRefund(_account: unknown, request: RefundRequest): Promise<LookupOutcome> {
  return takeCall<LookupOutcome>({ verb: "lookup_refund", ...request }, async () => {
    const known = await findRefund(request.gatewayKey);
    return known ? refundOutcome(known, request.currency) : { kind: "absent" };
  });
}

function moveHold(kind: "capture" | "void") {
  return (_account: unknown, request: CaptureRequest): Promise<Outcome> =>
    takeCall({ verb: kind, ...request }, async (pendingMs) => {
      const booked = await bookHoldMove({
        kind,
        idempotencyKey: request.gatewayKey,
        chargeReference: request.chargeReference,
        amountMinor: request.amountMinor,
        pendingMs,
      });
      return booked ? holdOutcome(booked, request.currency) : declined("capture_refused", null);
    });
}

function lookupHold(_account: unknown, request: CaptureRequest): Promise<LookupOutcome> {
  return takeCall<LookupOutcome>({ verb: "lookup_hold", ...request }, async () => {
    const known = await findHoldMove(request.gatewayKey);
    return known ? holdOutcome(known, request.currency) : { kind: "absent" };
  });
}

async function* listCharges(
  _account: unknown,
  range: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  for (let after: ListedCharge | undefined; ;) {
    await takeListing();
    const page = (await listDummyCharges(range, after, listPageSize)).map(listedCharge);
    if (page.length > 0) yield page;
    if (page.length < listPageSize) return;
    after = page.at(-1);
  }
}

export const dummyGateway: Gateway = {
  name: "dummy",
  capabilities: {
    partialRefund: true,
    manualCapture: true,
    partialCapture: true,
    multipleCaptures: true,
    rawCard: true,
    currencies: null,
  },
  keyProblem: () => null,
  checkAccount: () => Promise.resolve({ ok: true }),
  prepare: (_account, { merchantReference }) =>
    Promise.resolve({
      kind: "prepared",
      intentReference: null,
      clientSecret: `dummy_secret_${merchantReference}`,
    }),
  parsePayment,
  charge,
  refund,
  lookupCharge,
  cancelCharge,
  lookupRefund,
  holds: { capture: moveHold("capture"), void: moveHold("void"), lookup: lookupHold },
  webhooks: {
    verify: (request, { secret }, now) => verifyWebhook(request, secret, now),
    translate: translateWebhook,
  },
  listCharges,
};
