// What PayPal's objects say, as outcomes. Source: developer.paypal.com/api/orders/v2, /api/payments/v2.
import { z } from "zod";
import { fromGatewayDecimal } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { GatewayAccount, LookupOutcome, Outcome } from "../gateway.ts";
import { declinedCharge } from "./declines.ts";

// Unknown fields are let through: PayPal adds some whenever it likes.
export const paypalId = z.string().regex(/^[A-Z0-9-]{1,36}$/);
export const moneySchema = z.object({
  currency_code: z.string().regex(/^[A-Z]{3}$/),
  value: z.string().max(32),
});
const status = z.string().min(1).max(50);
const time = z.string().transform((text) => new Date(text));

export const captureSchema = z.object({
  id: paypalId,
  status,
  amount: moneySchema,
  custom_id: z.string().max(255).optional(),
  supplementary_data: z
    .object({ related_ids: z.object({ authorization_id: z.string().optional() }).optional() })
    .optional(),
});
export const authorizationSchema = z.object({
  id: paypalId,
  status,
  amount: moneySchema,
  custom_id: z.string().max(255).optional(),
  expiration_time: time.optional(),
});
export const refundSchema = z.object({
  id: paypalId,
  status,
  amount: moneySchema,
  custom_id: z.string().max(255).optional(),
  links: z.array(z.object({ href: z.string(), rel: z.string() })).optional(),
});
const orderSchema = z.object({
  id: paypalId,
  status,
  purchase_units: z
    .array(
      z.object({
        custom_id: z.string().optional(),
        payments: z
          .object({
            authorizations: z.array(authorizationSchema).optional(),
            captures: z.array(captureSchema).optional(),
            refunds: z.array(refundSchema).optional(),
          })
          .optional(),
      }),
    )
    .min(1),
  links: z.array(z.object({ href: z.string(), rel: z.string() })).optional(),
});

type Money = z.output<typeof moneySchema>;
export type Capture = z.output<typeof captureSchema>;
export type Authorization = z.output<typeof authorizationSchema>;
export type Refund = z.output<typeof refundSchema>;
export type Order = z.output<typeof orderSchema>;

export const unreadable = { kind: "unknown", detail: "unreadable answer" } as const;

/** Ours, or null where PayPal's cannot be written so. */
export function minorOf({ currency_code: currency, value }: Money): bigint | null {
  return fromGatewayDecimal(value, currency);
}

/** A schema's value, or null: an answer that is not understood is no failure of the payment. */
export function readAs<S extends z.ZodType>(schema: S, data: unknown): z.output<S> | null {
  const parsed = schema.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/** An order that carries our reference; null where it is unreadable or another payment's. */
export function readOrder(data: unknown, merchantReference: string | null): Order | null {
  const order = readAs(orderSchema, data);
  const named = order?.purchase_units[0]?.custom_id;
  const isOurs = merchantReference === null || named === undefined || named === merchantReference;
  return isOurs ? order : null;
}

/** What a capture came to: the status inside counts, not that of the answer. */
export function captureOutcome({ id, status: state, amount }: Capture): Outcome {
  const amountMinor = minorOf(amount);
  if (amountMinor === null) return { kind: "unknown", detail: "unreadable amount" };
  switch (state) {
    case "COMPLETED":
    case "PARTIALLY_REFUNDED":
    case "REFUNDED": {
      const currency = amount.currency_code;
      return { kind: "succeeded", reference: id, amountMinor, currency, card: null };
    }
    case "PENDING":
      return { kind: "pending", reference: id };
    case "DECLINED":
    case "FAILED":
      return declinedCharge("TRANSACTION_REFUSED", id);
    default:
      return { kind: "unknown", detail: "unknown capture status" };
  }
}

/** What a hold came to. One that was captured since was a hold all the same. */
export function authorizationOutcome(authorization: Authorization): Outcome {
  const { id, status: state, amount, expiration_time: expiresAt = null } = authorization;
  const amountMinor = minorOf(amount);
  if (amountMinor === null) return { kind: "unknown", detail: "unreadable amount" };
  switch (state) {
    case "CREATED":
    case "CAPTURED":
    case "PARTIALLY_CAPTURED": {
      const currency = amount.currency_code;
      const isTime = expiresAt !== null && !Number.isNaN(expiresAt.getTime());
      return {
        kind: "authorized",
        reference: id,
        amountMinor,
        currency,
        card: null,
        expiresAt: isTime ? expiresAt : null,
      };
    }
    case "PENDING":
      return { kind: "pending", reference: id };
    case "DENIED":
      return declinedCharge("TRANSACTION_REFUSED", id);
    case "VOIDED":
      return declined(isOver(authorization) ? "authorization_expired" : "voided", id);
    default:
      return { kind: "unknown", detail: "unknown authorization status" };
  }
}

/** True where a hold's time has passed. */
export function isOver({ expiration_time: expiresAt }: Authorization): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= Date.now();
}

/** The better of several tries to take the money of one order. */
function takenOf({ purchase_units }: Order): Outcome | null {
  const { authorizations = [], captures = [] } = purchase_units[0]?.payments ?? {};
  const tries =
    authorizations.length > 0
      ? authorizations.map(authorizationOutcome)
      : captures.map(captureOutcome);
  const isMoney = ({ kind }: Outcome): boolean => kind === "succeeded" || kind === "authorized";
  return (
    tries.find(isMoney) ?? tries.find(({ kind }) => kind !== "declined") ?? tries.at(-1) ?? null
  );
}

/** What became of an order. `approved`: it waits for our word to take the money. */
export function orderOutcome(
  order: Order,
  account: GatewayAccount,
): Outcome | { kind: "approved" } {
  const taken = takenOf(order);
  if (taken && taken.kind !== "declined") return taken;
  switch (order.status) {
    case "APPROVED":
      return { kind: "approved" };
    case "CREATED":
    case "SAVED":
    case "PAYER_ACTION_REQUIRED":
      return { kind: "action_required", reference: null, url: approvalUrl(order, account) };
    case "VOIDED":
      return taken ?? declined("voided", null);
    default:
      return taken ?? { kind: "unknown", detail: "an order without a payment" };
  }
}

/** Where the buyer approves an order: nowhere but at PayPal. */
export function approvalUrl({ links = [] }: Order, { apiUrl }: GatewayAccount): string | null {
  const href = links.find(({ rel }) => rel === "payer-action" || rel === "approve")?.href ?? "";
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  const isPayPal = url.protocol === "https:" && url.hostname.endsWith(".paypal.com");
  return isPayPal || url.origin === new URL(apiUrl).origin ? url.href : null;
}

/** What a refund came to. */
export function refundOutcome({ id, status: state, amount }: Refund): Outcome {
  const amountMinor = minorOf(amount);
  if (amountMinor === null) return { kind: "unknown", detail: "unreadable amount" };
  switch (state) {
    case "COMPLETED": {
      const currency = amount.currency_code;
      return { kind: "succeeded", reference: id, amountMinor, currency, card: null };
    }
    case "PENDING":
      return { kind: "pending", reference: id };
    case "FAILED":
    case "CANCELLED":
      return declined("refund_failed", id);
    default:
      return { kind: "unknown", detail: "unknown refund status" };
  }
}

/** A question's outcome: that it was not sent says nothing of what is asked about. */
export function asQuestion<T extends LookupOutcome>(
  outcome: T,
): Exclude<T, { kind: "not_sent" }> | { kind: "unknown"; detail: string } {
  return outcome.kind === "not_sent"
    ? { kind: "unknown", detail: outcome.detail }
    : (outcome as Exclude<T, { kind: "not_sent" }>);
}
