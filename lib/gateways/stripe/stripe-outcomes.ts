// What Stripe's objects say, as outcomes. Fields that are not read here may come and go; enums are open.
import { z } from "zod";
import { fromGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { CardSummary, Outcome } from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { declinedCharge } from "./declines.ts";

const units = z.int().nonnegative().transform(BigInt);
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .transform((code) => code.toUpperCase());
const time = z.int().transform((seconds) => new Date(seconds * 1_000));
const metadata = z.record(z.string(), z.string()).catch({});
/** An id, also where the object came in its place. */
const idOf = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);

const cardDetails = z.object({
  brand: z.string().nullish(),
  last4: z.string().regex(/^\d{4}$/),
  capture_before: time.nullish().catch(null),
});
const chargeSchema = z.object({
  id: z.string(),
  payment_method_details: z.object({ card: cardDetails.nullish() }).nullish().catch(null),
  amount_refunded: units.catch(0n),
});

export const intentSchema = z.object({
  id: z.string().regex(/^pi_\w{1,200}$/),
  client_secret: z.string().nullish(),
  status: z.string(),
  amount: units,
  amount_capturable: units.catch(0n),
  amount_received: units.catch(0n),
  currency,
  capture_method: z.string().catch(""),
  created: time,
  metadata,
  cancellation_reason: z.string().nullish(),
  last_payment_error: z
    .object({ code: z.string().catch(""), decline_code: z.string().catch("") })
    .nullish()
    .catch(null),
  latest_charge: z.union([z.string(), chargeSchema]).nullish().catch(null),
  next_action: z
    .object({ redirect_to_url: z.object({ url: z.url() }).nullish() })
    .nullish()
    .catch(null),
});
export type Intent = z.output<typeof intentSchema>;

export const refundSchema = z.object({
  id: z.string(),
  status: z.string().nullish(),
  amount: units,
  currency,
  payment_intent: idOf.nullish(),
  created: time,
  metadata,
});
export type Refund = z.output<typeof refundSchema>;

export const unknown = (detail: string): Extract<Outcome, { kind: "unknown" }> => ({
  kind: "unknown",
  detail,
});

/** Stripe's units → ours; null where they do not convert. */
export function minorOf(amount: bigint, code: string): bigint | null {
  const rule = currencies[code];
  return rule ? fromGatewayMinor(amount, code, rule) : null;
}

function chargeOf({ latest_charge: charge }: Intent): z.output<typeof chargeSchema> | null {
  return typeof charge === "object" ? (charge ?? null) : null;
}

function cardOf(intent: Intent): CardSummary | null {
  const card = chargeOf(intent)?.payment_method_details?.card;
  return card ? { brand: card.brand ?? "unknown", last4: card.last4 } : null;
}

/** It waits to be paid, and no attempt has failed. */
export function isOpen({ status, last_payment_error }: Intent): boolean {
  const waits = status === "requires_payment_method" || status === "requires_confirmation";
  return waits && !last_payment_error;
}

/** The last attempt to pay it failed, and another could still be made. */
export function isFailed({ status, last_payment_error }: Intent): boolean {
  return status === "requires_payment_method" && Boolean(last_payment_error);
}

/**
 * What a payment intent came to. One that was held stays `authorized`, however much of it was captured
 * since: captures and releases are operations of their own. Amounts are as Stripe says them.
 */
export function intentOutcome(intent: Intent): Outcome {
  switch (intent.status) {
    case "succeeded":
      return intent.capture_method === "manual" ? held(intent, intent.amount) : taken(intent);
    case "requires_capture":
      return held(intent, intent.amount_capturable);
    case "processing":
      return { kind: "pending", reference: intent.id };
    case "requires_action":
      return {
        kind: "action_required",
        reference: intent.id,
        url: intent.next_action?.redirect_to_url?.url ?? null,
      };
    case "requires_payment_method":
    case "requires_confirmation":
      return intent.last_payment_error
        ? lastDecline(intent)
        : { kind: "action_required", reference: null, url: null };
    case "canceled":
      return canceled(intent);
    default:
      return unknown("unreadable status");
  }
}

function taken(intent: Intent): Outcome {
  const { id: reference, currency: code } = intent;
  const amountMinor = minorOf(intent.amount_received, code);
  if (amountMinor === null) return unknown("unreadable amount");
  return { kind: "succeeded", reference, amountMinor, currency: code, card: cardOf(intent) };
}

function held(intent: Intent, amount: bigint): Outcome {
  const { id: reference, currency: code } = intent;
  const amountMinor = minorOf(amount, code);
  if (amountMinor === null) return unknown("unreadable amount");
  const expiresAt = chargeOf(intent)?.payment_method_details?.card?.capture_before ?? null;
  const card = cardOf(intent);
  return { kind: "authorized", reference, amountMinor, currency: code, card, expiresAt };
}

function lastDecline({ id, last_payment_error: error }: Intent): Outcome {
  return declinedCharge({ code: error?.code ?? "", declineCode: error?.decline_code ?? "" }, id);
}

/** It is cancelled because its time was over: not by a merchant. */
export function hasRunOut({ cancellation_reason: reason }: Intent): boolean {
  return reason === "automatic" || reason === "expired";
}

function canceled(intent: Intent): Outcome {
  const { id, last_payment_error, latest_charge, capture_method } = intent;
  if (last_payment_error) return lastDecline(intent);
  const isOver = hasRunOut(intent);
  if (capture_method === "manual" && latest_charge) {
    return declined(isOver ? "authorization_expired" : "voided", id);
  }
  return declined(isOver ? "payment_expired" : "cancelled", id);
}

/** What a refund came to. */
export function refundOutcome(refund: Refund): Outcome {
  const { id: reference, currency: code } = refund;
  switch (refund.status) {
    case "succeeded": {
      const amountMinor = minorOf(refund.amount, code);
      if (amountMinor === null) return unknown("unreadable amount");
      return { kind: "succeeded", reference, amountMinor, currency: code, card: null };
    }
    case "pending":
    case "requires_action":
      return { kind: "pending", reference };
    case "failed":
    case "canceled":
      return declined("refund_failed", reference);
    default:
      return unknown("unreadable refund status");
  }
}
