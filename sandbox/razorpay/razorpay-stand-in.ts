/**
 * Razorpay in the sandbox: orders that shoppers pay in its window, captures, refunds, disputes and their
 * webhooks. Follows razorpay.com/docs/api. Only refunds know an idempotency key.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { json, type Call, type Context, type StandIn } from "../stand-in.ts";
import { acts } from "./acts.ts";
import { failure } from "./answers.ts";
import { apiRoutes } from "./api.ts";
import { checkoutRoutes } from "./checkout-window.ts";
import { ledgerOf } from "./documents.ts";
import { due } from "./settle.ts";

function isAuthorized({ headers }: Call, { credentials }: Context): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const { publicKey, secretKey } = credentials;
  const expected = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(expected));
}

function idempotencyKey({ headers, path }: Call): string | null {
  const key = headers["x-refund-idempotency"];
  return path.endsWith("/refund") && typeof key === "string" ? key : null;
}

function withOtherAmount(entity: unknown): unknown {
  if (typeof entity !== "object" || entity === null || !("amount" in entity)) return entity;
  return { ...entity, amount: Number(entity.amount) + 100 };
}

export const razorpayStandIn: StandIn = {
  gateway: "razorpay",
  routes: { ...apiRoutes, ...checkoutRoutes },
  isAuthorized,
  idempotencyKey,
  repeat: (_context, _call, { status, body }) => json(status, body),
  failure,
  wrongAmount: (reply) => ({ ...reply, body: withOtherAmount(reply.body) }),
  ledgerOf,
  due,
  acts,
  sign: (payload, secret, { eventId }) => {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    return { body, headers: { "X-Razorpay-Signature": signature, "x-razorpay-event-id": eventId } };
  },
  forge: (payload) => {
    const parts = payload["payload"] as Record<string, { entity: unknown }>;
    const forged = Object.entries(parts).map(([name, { entity }]) => [
      name,
      { entity: withOtherAmount(entity) },
    ]);
    return { ...payload, payload: Object.fromEntries(forged) };
  },
};
