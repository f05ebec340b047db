/**
 * Flutterwave (v3) in the sandbox: a page on which shoppers pay, transactions, refunds, chargebacks and
 * their webhooks. Follows developer.flutterwave.com/v3.0/docs. It knows no idempotency: a refund that is
 * asked for twice is made twice.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import {
  json,
  type Call,
  type Context,
  type Reply,
  type Sabotage,
  type StandIn,
} from "../stand-in.ts";
import { acts } from "./acts.ts";
import { failed } from "./answers.ts";
import { apiRoutes } from "./api.ts";
import { ledgerOf } from "./documents.ts";
import { pageRoutes } from "./hosted-page.ts";
import { refundDue, transactionDue } from "./settle.ts";

const failures: Readonly<Record<Sabotage, () => Reply>> = {
  "500": () => failed(500, "An error occurred. Please contact support"),
  internal: () => failed(500, "An error occurred. Please contact support"),
  "429": () => failed(429, "Too many requests"),
  unauthorized: () => failed(401, "Authorization required"),
  not_found: () => failed(404, "Cannot find this route"),
  in_progress: () => failed(409, "This request is being processed"),
  key_reused: () => failed(400, "This request was made already"),
};

function isAuthorized({ headers }: Call, { credentials }: Context): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const given = headers.authorization ?? "";
  return timingSafeEqual(digest(given), digest(`Bearer ${credentials.secretKey}`));
}

async function due(context: Context, kind: string, id: string): Promise<void> {
  if (kind === "transaction") await transactionDue(context, id);
  if (kind === "refund") await refundDue(context, id);
}

/** The first amount that is found in an answer or event, changed by one unit. */
function withOtherAmount(data: Record<string, unknown>): Record<string, unknown> {
  const name = ["amount", "amount_refunded", "AmountRefunded"].find((key) => key in data);
  return name === undefined ? data : { ...data, [name]: Number(data[name]) + 1 };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export const flutterwaveStandIn: StandIn = {
  gateway: "flutterwave",
  routes: { ...apiRoutes, ...pageRoutes },
  isAuthorized,
  idempotencyKey: () => null,
  repeat: (_context, _call, { status, body }) => json(status, body),
  failure: (kind) => failures[kind](),
  wrongAmount: (reply) => {
    const body = asRecord(reply.body);
    return { ...reply, body: { ...body, data: withOtherAmount(asRecord(body["data"])) } };
  },
  ledgerOf,
  due,
  acts,
  sign: (payload, secret) => {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", secret).update(body).digest("base64");
    // The first is the merchant's own secret as it stands; the second binds it to the body.
    return { body, headers: { "verif-hash": secret, "flutterwave-signature": signature } };
  },
  forge: (payload) =>
    "data" in payload
      ? { ...payload, data: withOtherAmount(asRecord(payload["data"])) }
      : withOtherAmount(payload),
};
