// The dummy gateway: a payment service of our own for trying things out, refused in production. It
// decides by card number and keeps its own persistent book, so that what happens between its book and
// ours can go wrong as it does with a real one. Test cards: the contract's table, below.
import { z } from "zod";
import {
  bookCharge,
  bookRefund,
  findCharge,
  findRefund,
  type DummyCharge,
} from "../../db/dummy-book.ts";
import { cardBrand, luhnValid } from "../../domain/card.ts";
import { invalidField } from "../../domain/errors.ts";
import { getEnv } from "../../env.ts";
import type {
  ChargeRequest,
  DeclineReason,
  Gateway,
  LookupOutcome,
  LookupRequest,
  Outcome,
  PaymentInput,
  RefundRequest,
} from "../gateway.ts";
import { expireChallenge } from "./challenge.ts";

const declinedCards: Readonly<Record<string, DeclineReason>> = {
  "4000000000000002": "card_declined",
  "4000000000009995": "insufficient_funds",
  "4000000000000069": "expired_card",
};
const threeDSecureCard = "4000000000003220";
const chargedThenBrokenCard = "4000000000000119";
const defaultCard = "4242424242424242";

// How long a shopper has for the bank's page.
const challengeMinutes = 15;

const declineMessages: Record<DeclineReason, string> = {
  card_declined: "The card was declined.",
  insufficient_funds: "The card has insufficient funds.",
  expired_card: "The card has expired.",
  authentication_failed: "The bank could not confirm that it was you.",
  authentication_expired: "The bank's confirmation was not completed in time.",
  not_charged: "The payment did not reach the gateway. Nothing was charged.",
  refund_refused: "The gateway refused the refund.",
  refund_failed: "The refund did not reach the card. The money is back with the gateway.",
  capture_refused: "The gateway refused the capture.",
  authorization_expired: "The hold on the money has run out.",
  voided: "The hold on the money was released.",
};

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
  if (data === undefined) return { card: null };
  const parsed = cardSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidField(`payment_data.${issue?.path.join(".") ?? ""}`, issue?.message ?? "Invalid.");
  }
  const given = parsed.data.card_number;
  if (given === undefined) return { card: null };
  const number = given.replace(/[ -]/g, "");
  if (!luhnValid(number)) {
    throw invalidField("payment_data.card_number", "This is not a valid card number.");
  }
  return { card: { number, summary: { brand: cardBrand(number), last4: number.slice(-4) } } };
}

function declined(reason: DeclineReason, reference: string | null): Outcome {
  return { kind: "declined", reference, reason, message: declineMessages[reason] };
}

function outcomeOf(charge: DummyCharge): Outcome {
  switch (charge.state) {
    case "succeeded":
      return {
        kind: "succeeded",
        reference: charge.reference,
        amountMinor: charge.amountMinor,
        currency: charge.currency,
        card:
          charge.cardBrand && charge.cardLast4
            ? { brand: charge.cardBrand, last4: charge.cardLast4 }
            : null,
      };
    case "requires_action":
      return {
        kind: "action_required",
        reference: charge.reference,
        url: `${getEnv().PUBLIC_URL}/dummy-gateway/challenge/${charge.reference}`,
      };
    case "declined":
      return declined((charge.declineCode ?? "card_declined") as DeclineReason, charge.reference);
    case "refused":
      return declined("not_charged", null);
    default:
      return { kind: "unknown", detail: `unreadable state ${charge.state}` };
  }
}

async function charge(_account: unknown, request: ChargeRequest): Promise<Outcome> {
  const number = request.payment.card?.number ?? defaultCard;
  const declineCode = declinedCards[number] ?? null;
  const challenged = number === threeDSecureCard;
  try {
    const booked = await bookCharge({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      state: challenged ? "requires_action" : declineCode === null ? "succeeded" : "declined",
      amountMinor: request.amountMinor,
      currency: request.currency,
      declineCode,
      cardBrand: request.payment.card?.summary.brand ?? null,
      cardLast4: request.payment.card?.summary.last4 ?? null,
      returnUrl: challenged ? request.returnUrl : null,
      expiresInMinutes: challenged ? challengeMinutes : null,
    });
    if (number === chargedThenBrokenCard) {
      return { kind: "unknown", detail: "the connection broke after the request was sent" };
    }
    return outcomeOf(booked);
  } catch (error) {
    return unknownFrom(error);
  }
}

async function refund(_account: unknown, request: RefundRequest): Promise<Outcome> {
  try {
    const booked = await bookRefund({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      chargeReference: request.chargeReference,
      amountMinor: request.amountMinor,
    });
    return refundOutcome(booked, request);
  } catch (error) {
    return unknownFrom(error);
  }
}

async function lookupCharge(_account: unknown, request: LookupRequest): Promise<LookupOutcome> {
  try {
    const known = await findCharge(request.gatewayKey);
    if (known) return outcomeOf(await expireChallenge(known));
    // Writing the refusal under the key makes "absent" final: a late request finds it and is refused.
    const written = await bookCharge({
      idempotencyKey: request.gatewayKey,
      merchantReference: request.merchantReference,
      state: "refused",
      amountMinor: request.amountMinor,
      currency: request.currency,
      declineCode: null,
      cardBrand: null,
      cardLast4: null,
      returnUrl: null,
      expiresInMinutes: null,
    });
    return written.state === "refused" ? { kind: "absent" } : outcomeOf(written);
  } catch (error) {
    return unknownFrom(error);
  }
}

async function lookupRefund(_account: unknown, request: LookupRequest): Promise<LookupOutcome> {
  try {
    const known = await findRefund(request.gatewayKey);
    return known ? refundOutcome(known, request) : { kind: "absent" };
  } catch (error) {
    return unknownFrom(error);
  }
}

function refundOutcome(
  booked: { reference: string; state: string; amountMinor: bigint },
  request: { currency: string },
): Outcome {
  if (booked.state !== "succeeded") return declined("refund_refused", booked.reference);
  return {
    kind: "succeeded",
    reference: booked.reference,
    amountMinor: booked.amountMinor,
    currency: request.currency,
    card: null,
  };
}

function unknownFrom(error: unknown): { kind: "unknown"; detail: string } {
  return { kind: "unknown", detail: error instanceof Error ? error.name : "error" };
}

export const dummyGateway: Gateway = {
  name: "dummy",
  capabilities: {
    partialRefund: true,
    manualCapture: false,
    partialCapture: false,
    multipleCaptures: false,
    rawCard: true,
    currencies: null,
  },
  clientSecret: (_account, transactionId) => `dummy_secret_${transactionId}`,
  parsePayment,
  charge,
  refund,
  lookupCharge,
  lookupRefund,
};
