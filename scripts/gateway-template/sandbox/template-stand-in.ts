/** Template in the sandbox: its API, the page on which shoppers pay, and its webhooks. */
import { createHmac } from "node:crypto";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import { json, type Reply, type Sabotage, type StandIn } from "../../../sandbox/stand-in.ts";
import { acts } from "./acts.ts";
import { apiRoutes, failed } from "./api.ts";
import { ledgerOf } from "./documents.ts";
import { pageRoutes } from "./pages.ts";
import { due } from "./settle.ts";

const gateway = "template" as string as RemoteGateway;

const failures: Readonly<Record<Sabotage, number>> = {
  "500": 500,
  internal: 500,
  "429": 429,
  unauthorized: 401,
  not_found: 404,
  in_progress: 409,
  key_reused: 422,
};

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function withOtherAmount(data: Record<string, unknown>): Record<string, unknown> {
  return "amount" in data ? { ...data, amount: Number(data["amount"]) + 1 } : data;
}

export const templateStandIn: StandIn = {
  gateway,
  routes: { ...apiRoutes, ...pageRoutes },
  isAuthorized: ({ headers }, { credentials }) =>
    headers.authorization === `Bearer ${credentials.secretKey}`,
  idempotencyKey: ({ headers }) => {
    const key = headers["idempotency-key"];
    return typeof key === "string" ? key : null;
  },
  repeat: (_context, _call, { status, body }) => json(status, body),
  failure: (kind) => failed(failures[kind], kind === "500" ? "internal" : kind),
  wrongAmount: (reply: Reply) => ({ ...reply, body: withOtherAmount(asRecord(reply.body)) }),
  ledgerOf,
  due,
  acts,
  sign: (payload, secret, { now }) => {
    const body = JSON.stringify(payload);
    const seconds = Math.floor(now.getTime() / 1_000);
    const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
    return { body, headers: { "template-signature": `t=${seconds},v1=${signature}` } };
  },
  forge: (payload) => ({ ...payload, data: withOtherAmount(asRecord(payload["data"])) }),
};
