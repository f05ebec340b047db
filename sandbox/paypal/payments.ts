/** Payments v2: https://developer.paypal.com/api/payments/v2. */
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import { answer, PayPalRefusal, wantsRepresentation } from "./answers.ts";
import { find, keep, later, type Documents } from "./documents.ts";
import { minorOf } from "./money.ts";
import { apiRoute } from "./orders.ts";
import {
  captureRequest,
  readRequest,
  reauthorizeRequest,
  refundRequest,
  requireMoney,
} from "./requests.ts";
import { captureAuthorization, refundCapture, voidAuthorization } from "./settle.ts";
import { authorizationView, captureView, refundView } from "./views.ts";

const dayMs = 86_400_000;

/** What a call's path names. Throws `PayPalRefusal`. */
async function named<K extends "authorization" | "capture" | "refund">(
  context: Context,
  { params }: Call,
  kind: K,
): Promise<Documents[K]> {
  const found = await find(context, kind, params["id"] ?? "");
  if (found) return found;
  throw new PayPalRefusal("INVALID_RESOURCE_ID", {
    field: `/${kind}_id`,
    value: params["id"] ?? "",
    location: "path",
  });
}

/** Whole where the caller asked for that; else id, status and links. */
export function shown(call: Call, status: number, view: Record<string, unknown>): Reply {
  if (wantsRepresentation(call)) return answer(status, view);
  return answer(status, { id: view["id"], status: view["status"], links: view["links"] });
}

async function captureHeld(context: Context, call: Call): Promise<Reply> {
  const authorization = await named(context, call, "authorization");
  const asked = readRequest(captureRequest, call);
  if (asked.amount) requireMoney(asked.amount, "/amount/value");
  const capture = await captureAuthorization(context, authorization, {
    amount: asked.amount ?? null,
    isFinal: asked.final_capture,
    invoice_id: asked.invoice_id ?? "",
  });
  return shown(call, 201, captureView(capture, context));
}

async function release(context: Context, call: Call): Promise<Reply> {
  const voided = await voidAuthorization(context, await named(context, call, "authorization"));
  return voidAnswer(context, call, voided);
}

/** Nothing, where the caller did not ask for the whole. */
export function voidAnswer(
  context: Context,
  call: Call,
  authorization: Documents["authorization"],
): Reply {
  return wantsRepresentation(call)
    ? answer(200, authorizationView(authorization, context))
    : answer(204, null);
}

/** A new period in which the money is certain, once, after the first is over. */
async function reauthorize(context: Context, call: Call): Promise<Reply> {
  const authorization = await named(context, call, "authorization");
  const { amount = authorization.amount } = readRequest(reauthorizeRequest, call);
  requireMoney(amount, "/amount/value");
  if (authorization.status === "VOIDED") throw new PayPalRefusal("AUTHORIZATION_VOIDED");
  if (authorization.status !== "CREATED") {
    throw new PayPalRefusal("AUTHORIZATION_ALREADY_CAPTURED");
  }
  const isTooSoon = new Date(authorization.honored) > context.now;
  const isTooMuch = minorOf(amount) * 100n > minorOf(authorization.amount) * 115n;
  if (isTooSoon || isTooMuch) throw new PayPalRefusal("REAUTHORIZATION_NOT_SUPPORTED");
  const honored = later(context.now, 3 * dayMs);
  const renewed = await keep(context, "authorization", { ...authorization, amount, honored });
  return shown(call, 201, authorizationView(renewed, context));
}

async function refund(context: Context, call: Call): Promise<Reply> {
  const capture = await named(context, call, "capture");
  const asked = readRequest(refundRequest, call);
  if (asked.amount) requireMoney(asked.amount, "/amount/value");
  const made = await refundCapture(context, capture, {
    amount: asked.amount ?? null,
    custom_id: asked.custom_id ?? "",
    invoice_id: asked.invoice_id ?? "",
    note: asked.note_to_payer ?? "",
  });
  return shown(call, 201, refundView(made, context));
}

const moving = { movesMoney: true, canMock: true } as const;

export const paymentRoutes: Readonly<Record<string, Route>> = {
  "GET /v2/payments/authorizations/:id": apiRoute(
    async (context, call) =>
      answer(200, authorizationView(await named(context, call, "authorization"), context)),
    { canMock: true },
  ),
  "POST /v2/payments/authorizations/:id/capture": apiRoute(captureHeld, moving),
  "POST /v2/payments/authorizations/:id/void": apiRoute(release, moving),
  "POST /v2/payments/authorizations/:id/reauthorize": apiRoute(reauthorize),
  "GET /v2/payments/captures/:id": apiRoute(
    async (context, call) =>
      answer(200, captureView(await named(context, call, "capture"), context)),
    { canMock: true },
  ),
  "POST /v2/payments/captures/:id/refund": apiRoute(refund, moving),
  "GET /v2/payments/refunds/:id": apiRoute(
    async (context, call) => answer(200, refundView(await named(context, call, "refund"), context)),
    { canMock: true },
  ),
};
