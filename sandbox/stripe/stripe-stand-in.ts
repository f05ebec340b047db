/**
 * Stripe in the sandbox: payment intents with their charges, refunds and disputes, saved cards, the
 * balance, signed events, and the script and frames of the Payment Element. Follows docs.stripe.com/api,
 * version 2026-10-28.endive.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Call, Context, Reply, Sabotage, StandIn } from "../stand-in.ts";
import { acts } from "./acts.ts";
import { failed, requestHeaders } from "./answers.ts";
import { browserRoutes } from "./browser-routes.ts";
import { balanceArrives } from "./charges.ts";
import { openDispute } from "./disputes.ts";
import { find, ledgerOf, save } from "./documents.ts";
import { intentDue } from "./intents.ts";
import { intentRoutes } from "./intent-routes.ts";
import { otherRoutes } from "./other-routes.ts";
import { refundDue, refundable } from "./refunds.ts";
import { savedCardRoutes } from "./saved-cards.ts";

const busy = "An unknown error occurred while processing the request. Please try again.";
const failures: Readonly<Record<Sabotage, () => Reply>> = {
  "500": () => failed(500, { type: "api_error", message: busy }),
  internal: () => failed(500, { type: "api_error", message: busy }),
  "429": () =>
    failed(429, {
      type: "invalid_request_error",
      code: "rate_limit",
      message: "Request rate limit exceeded.",
    }),
  unauthorized: () =>
    failed(401, { type: "invalid_request_error", message: "Invalid API Key provided." }),
  not_found: () =>
    failed(404, { type: "invalid_request_error", message: "Unrecognized request URL." }),
  in_progress: () =>
    failed(409, {
      type: "invalid_request_error",
      code: "idempotency_key_in_use",
      message:
        "There is currently another in-progress request using this Idempotency-Key. Please try again later.",
    }),
  key_reused: () =>
    failed(400, {
      type: "idempotency_error",
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
    }),
};

/** The secret key as a Bearer token, or as the user name of Basic without a password. */
function isAuthorized({ headers }: Call, { credentials }: Context): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const given = headers.authorization ?? "";
  const basic = `Basic ${Buffer.from(`${credentials.secretKey}:`).toString("base64")}`;
  return [`Bearer ${credentials.secretKey}`, basic].some((right) =>
    timingSafeEqual(digest(given), digest(right)),
  );
}

function idempotencyKey({ method, headers }: Call): string | null {
  const key = headers["idempotency-key"];
  return method === "POST" && typeof key === "string" && key !== "" ? key : null;
}

async function due(context: Context, kind: string, id: string): Promise<void> {
  if (kind === "payment_intent") await intentDue(context, id);
  if (kind === "refund") await refundDue(context, id);
  if (kind === "charge") await chargeDue(context, id);
}

/** A charge's balance comes, and where the card is one for it, its dispute. */
async function chargeDue(context: Context, id: string): Promise<void> {
  const found = await find(context, "charge", id);
  const { dispute } = found.sandbox;
  const charge = { ...found, sandbox: { ...found.sandbox, dispute: null, dueAt: null } };
  await save(context, "charge", charge);
  const settled = await balanceArrives(context, charge);
  if (dispute) await openDispute(context, settled, { ...dispute, amount: refundable(settled) });
}

/** The amounts of an object, each one unit more. */
function withOtherAmount(object: Record<string, unknown>): Record<string, unknown> {
  const amounts = ["amount", "amount_received", "amount_capturable", "amount_captured"]
    .filter((name) => typeof object[name] === "number" && object[name] !== 0)
    .map((name): [string, number] => [name, Number(object[name]) + 1]);
  return { ...object, ...Object.fromEntries(amounts) };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export const stripeStandIn: StandIn = {
  gateway: "stripe",
  routes: { ...intentRoutes, ...otherRoutes, ...savedCardRoutes, ...browserRoutes },
  isAuthorized,
  idempotencyKey,
  repeat: (_context, _call, { status, body, headers }) => ({
    status,
    body,
    headers: {
      ...headers,
      ...requestHeaders(),
      "original-request": headers["request-id"] ?? "",
      "idempotent-replayed": "true",
    },
  }),
  failure: (kind) => failures[kind](),
  wrongAmount: (reply) => ({ ...reply, body: withOtherAmount(asRecord(reply.body)) }),
  ledgerOf,
  due,
  acts,
  sign: (payload, secret, { now }) => {
    const body = JSON.stringify(payload);
    const time = Math.floor(now.getTime() / 1_000);
    const signature = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
    return { body, headers: { "stripe-signature": `t=${time},v1=${signature}` } };
  },
  forge: (payload) => {
    const data = asRecord(payload["data"]);
    return { ...payload, data: { ...data, object: withOtherAmount(asRecord(data["object"])) } };
  },
};
