/** What the shopper's browser asks of Razorpay: its script, its window, and a try to pay. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { cardBrand, luhnValid } from "#lib/domain/card";
import { getEnv } from "#lib/env";
import {
  html,
  json,
  script,
  type Call,
  type Context,
  type Reply,
  type Route,
} from "../stand-in.ts";
import { refused, unknownId } from "./answers.ts";
import { windowPage } from "./checkout-page.ts";
import type { Order } from "./documents.ts";
import { attempt } from "./settle.ts";
import { reasonOf } from "./test-cards.ts";

const client = readFileSync(new URL("./checkout-client.js", import.meta.url), "utf8");

const attemptBody = z.object({
  order_id: z.string(),
  method: z.enum(["card", "upi", "netbanking"]),
  /** Looked at here and kept nowhere. */
  number: z.string().max(40),
  otp: z.string().max(10),
});

const words: Readonly<Record<string, string>> = {
  insufficient_fund: "The card has not enough money.",
  authentication_failed: "Your bank could not confirm that it was you.",
  card_declined: "The card was declined.",
};

async function showWindow({ book, credentials }: Context, { query }: Call): Promise<Reply> {
  const order = (await book.get<Order>("order", query.get("order_id") ?? ""))?.data;
  if (!order || query.get("key") !== credentials.publicKey) return unknownId();
  const name = (query.get("name") ?? "").slice(0, 100);
  return html(200, windowPage(order, { name, merchant: merchantOf(query.get("merchant")) }));
}

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Which page may hear what came of it: the shop's, by whichever of this machine's names it was opened. */
function merchantOf(asked: string | null): string {
  const shop = getEnv().PUBLIC_URL;
  const url = asked === null ? null : URL.parse(asked);
  const isShop = url !== null && loopbackHosts.has(url.hostname) && url.port === new URL(shop).port;
  return isShop ? url.origin : shop;
}

async function tryToPay(context: Context, { body }: Call): Promise<Reply> {
  const parsed = attemptBody.safeParse(safeJson(body));
  if (!parsed.success) return refused(400, "The request is not readable.");
  const { order_id, method, number, otp } = parsed.data;
  const order = (await context.book.get<Order>("order", order_id))?.data;
  if (!order) return unknownId();
  if (order.status === "paid") return refused(400, "This order is paid already.");
  const digits = number.replace(/\D/g, "");
  if (method === "card" && !luhnValid(digits)) {
    return refused(400, "This is not a valid card number.", { reason: "card_number_invalid" });
  }
  const card = method === "card" ? { network: cardBrand(digits), last4: digits.slice(-4) } : null;
  const reason = method === "card" ? refusalOf(digits, otp) : null;
  const payment = await attempt(context, order, { method, card, reason });
  if (reason !== null) {
    return refused(400, words[reason] ?? "The card was declined.", { reason });
  }
  const signature = createHmac("sha256", context.credentials.secretKey)
    .update(`${order.id}|${payment.id}`)
    .digest("hex");
  return json(200, {
    response: {
      razorpay_payment_id: payment.id,
      razorpay_order_id: order.id,
      razorpay_signature: signature,
    },
  });
}

/** A code of fewer than four digits is refused, as in the service's test mode. */
function refusalOf(digits: string, otp: string): string | null {
  if (!/^\d{4,10}$/.test(otp)) return "authentication_failed";
  return reasonOf(digits);
}

function safeJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

export const checkoutRoutes: Readonly<Record<string, Route>> = {
  "GET /v1/checkout.js": { handle: () => script(client), isPublic: true },
  "GET /checkout/window": { handle: showWindow, isPublic: true },
  "POST /checkout/attempt": { handle: tryToPay, isPublic: true },
};
