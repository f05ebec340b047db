/**
 * PayPal in the sandbox: orders that a buyer approves on its page, captures and holds, refunds, disputes
 * and their webhooks. Follows developer.paypal.com: Orders v2, Payments v2, Transaction Search v1,
 * Webhooks v1.
 */
import type { Call, Context, Reply, Sabotage, StandIn } from "../stand-in.ts";
import { acts } from "./acts.ts";
import { answer, failure, refuse } from "./answers.ts";
import { approvalRoutes } from "./approval-page.ts";
import { disputeRoutes } from "./disputes.ts";
import { find, ledgerOf } from "./documents.ts";
import { otherMoney, type Money } from "./money.ts";
import { notificationRoutes, signed } from "./notifications.ts";
import { carriesToken, tokenPath, tokenRoutes } from "./oauth.ts";
import { orderAnswer, orderRoutes } from "./orders.ts";
import { paymentRoutes, shown, voidAnswer } from "./payments.ts";
import { reportingRoutes } from "./reporting.ts";
import { scriptRoutes } from "./sdk-script.ts";
import { due } from "./settle.ts";
import { captureView, refundView } from "./views.ts";

const failures: Readonly<Record<Sabotage, () => Reply>> = {
  "500": () => failure(500),
  internal: () => failure(500),
  "429": () => failure(429),
  unauthorized: () => failure(401),
  not_found: () => failure(404),
  in_progress: () => refuse("PREVIOUS_REQUEST_IN_PROGRESS"),
  key_reused: () => refuse("DUPLICATE_REQUEST_ID"),
};

/** The request's id, where the call has one. It is one for each address: another one is another request. */
function requestId({ headers, path }: Call): string | null {
  const id = headers["paypal-request-id"];
  return typeof id === "string" && id !== "" ? `${id} ${path}` : null;
}

/** What the earlier request made, as it is now. */
async function repeat(
  context: Context,
  call: Call,
  { status, body }: { status: number; body: unknown },
): Promise<Reply> {
  const ordered = /^\/v2\/checkout\/orders(?:\/([A-Z0-9]+))?/.exec(call.path);
  const id = ordered?.[1] ?? idOf(body);
  if (ordered) {
    const order = await find(context, "order", id);
    return order ? orderAnswer(context, call, order, 200) : failure(404);
  }
  if (call.path.endsWith("/refund")) {
    const refund = await find(context, "refund", id);
    return refund ? shown(call, 201, refundView(refund, context)) : failure(404);
  }
  if (call.path.endsWith("/void")) {
    const authorization = await find(context, "authorization", call.params["id"] ?? "");
    return authorization ? voidAnswer(context, call, authorization) : failure(404);
  }
  const capture = await find(context, "capture", id);
  return capture ? shown(call, 201, captureView(capture, context)) : answer(status, body);
}

function idOf(body: unknown): string {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : "";
  return typeof id === "string" ? id : "";
}

/** Every amount of an answer or event that is its own, changed. */
function withOtherAmounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOtherAmounts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      name === "amount" || name === "dispute_amount"
        ? [name, otherMoney(inner as Money)]
        : [name, withOtherAmounts(inner)],
    ),
  );
}

export const paypalStandIn: StandIn = {
  gateway: "paypal",
  routes: {
    ...tokenRoutes,
    ...orderRoutes,
    ...paymentRoutes,
    ...notificationRoutes,
    ...reportingRoutes,
    ...disputeRoutes,
    ...approvalRoutes,
    ...scriptRoutes,
  },
  isAuthorized: (call, context) => call.path === tokenPath || carriesToken(call, context),
  idempotencyKey: requestId,
  repeat,
  failure: (kind) => failures[kind](),
  wrongAmount: (reply) => ({ ...reply, body: withOtherAmounts(reply.body) }),
  ledgerOf,
  due,
  acts,
  sign: (payload, webhookId, context) => signed(payload, webhookId, context),
  forge: (payload) => withOtherAmounts(payload) as Record<string, unknown>,
};
