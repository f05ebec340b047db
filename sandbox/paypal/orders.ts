/** Orders v2: https://developer.paypal.com/api/orders/v2. */
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import {
  answer,
  askedForIssue,
  failure,
  PayPalRefusal,
  refuse,
  wantsRepresentation,
} from "./answers.ts";
import { find, keep, later, newId, timeText, type Order } from "./documents.ts";
import { orderRequest, readRequest, requireMoney } from "./requests.ts";
import { approvalMs, authorizeOrder, captureOrder } from "./settle.ts";
import { minimalOrder, orderView } from "./views.ts";

type Handle = (context: Context, call: Call) => Promise<Reply>;

/** A call of the API: JSON in, PayPal's errors out. `canMock`: the caller may ask for an error. */
export function apiRoute(
  handle: Handle,
  { movesMoney = false, canMock = false }: { movesMoney?: boolean; canMock?: boolean } = {},
): Route {
  return {
    movesMoney,
    handle: async (context, call) => {
      const type = call.headers["content-type"] ?? "";
      if (call.method === "POST" && !type.startsWith("application/json")) return failure(415);
      const mocked = canMock ? askedForIssue(call) : null;
      if (mocked !== null) return refuse(mocked);
      try {
        return await handle(context, call);
      } catch (error) {
        if (error instanceof PayPalRefusal) return error.reply;
        throw error;
      }
    },
  };
}

/** The order that a call names. Throws `PayPalRefusal`. */
async function orderOf(context: Context, { params }: Call): Promise<Order> {
  const order = await find(context, "order", params["id"] ?? "");
  if (order && order.status !== "EXPIRED") return order;
  throw new PayPalRefusal("INVALID_RESOURCE_ID", {
    field: "/order_id",
    value: params["id"] ?? "",
    location: "path",
  });
}

/** The answer about an order: whole where the caller asked for that. */
export async function orderAnswer(
  context: Context,
  call: Call,
  order: Order,
  status: number,
): Promise<Reply> {
  const body = wantsRepresentation(call)
    ? await orderView(order, context)
    : minimalOrder(order, context);
  return answer(status, body);
}

async function create(context: Context, call: Call): Promise<Reply> {
  const { intent, purchase_units, payment_source, application_context } = readRequest(
    orderRequest,
    call,
  );
  const [unit] = purchase_units;
  if (!unit) throw new PayPalRefusal("MISSING_REQUIRED_PARAMETER", { field: "/purchase_units" });
  requireMoney(unit.amount, "/purchase_units/0/amount/value");
  if (payment_source && call.headers["paypal-request-id"] === undefined) {
    throw new PayPalRefusal("PAYPAL_REQUEST_ID_REQUIRED", { location: "header" });
  }
  const { reference_id = "default", amount, description, custom_id, invoice_id } = unit;
  const experience = payment_source?.paypal.experience_context ?? application_context;
  const usesWallet = payment_source !== undefined;
  const order = await keep(context, "order", {
    id: newId(),
    intent,
    status: usesWallet ? "PAYER_ACTION_REQUIRED" : "CREATED",
    unit: {
      reference_id,
      amount,
      ...(description !== undefined && { description }),
      ...(custom_id !== undefined && { custom_id }),
      ...(invoice_id !== undefined && { invoice_id }),
    },
    usesWallet,
    returnUrl: experience?.return_url ?? null,
    cancelUrl: experience?.cancel_url ?? null,
    brand: experience?.brand_name ?? "the shop",
    funding: null,
    created: timeText(context.now),
    updated: timeText(context.now),
    due: later(context.now, approvalMs),
  });
  return orderAnswer(context, call, order, 201);
}

async function show(context: Context, call: Call): Promise<Reply> {
  return answer(200, await orderView(await orderOf(context, call), context));
}

const take =
  (intent: Order["intent"], work: (context: Context, order: Order) => Promise<Order>): Handle =>
  async (context, call) => {
    const order = await orderOf(context, call);
    if (order.intent !== intent) throw new PayPalRefusal("ACTION_DOES_NOT_MATCH_INTENT");
    return orderAnswer(context, call, await work(context, order), 201);
  };

export const orderRoutes: Readonly<Record<string, Route>> = {
  "POST /v2/checkout/orders": apiRoute(create),
  "GET /v2/checkout/orders/:id": apiRoute(show),
  "POST /v2/checkout/orders/:id/capture": apiRoute(take("CAPTURE", captureOrder), {
    movesMoney: true,
    canMock: true,
  }),
  "POST /v2/checkout/orders/:id/authorize": apiRoute(take("AUTHORIZE", authorizeOrder), {
    movesMoney: true,
    canMock: true,
  }),
};
