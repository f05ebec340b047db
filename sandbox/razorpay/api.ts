/** Razorpay's API: orders, payments, refunds, disputes. Follows razorpay.com/docs/api. */
import { z } from "zod";
import { toGatewayMinor } from "#lib/gateways/amounts";
import { currencies } from "#lib/gateways/razorpay/currencies";
import type { Book } from "../book.ts";
import { json, type Call, type Context, type Reply, type Route } from "../stand-in.ts";
import { refused, unknownId } from "./answers.ts";
import {
  disputeView,
  newId,
  orderView,
  paymentView,
  refundView,
  seconds,
  type Dispute,
  type Order,
  type Payment,
  type Refund,
} from "./documents.ts";
import { capture, makeRefund, refundableOf } from "./settle.ts";

const notes = z
  .record(z.string(), z.union([z.string().max(256), z.number()]).transform(String))
  .refine((pairs) => Object.keys(pairs).length <= 15)
  .default({});
const amount = z.int().positive();

const orderBody = z.object({
  amount,
  currency: z.string(),
  receipt: z.string().max(40).nullish(),
  notes,
  payment: z.object({ capture: z.enum(["manual", "automatic"]) }).optional(),
  payment_capture: z.union([z.boolean(), z.literal(1), z.literal(0)]).optional(),
});
const captureBody = z.object({ amount, currency: z.string() });
const refundBody = z.object({
  amount: amount.optional(),
  speed: z.enum(["normal", "optimum"]).optional(),
  receipt: z.string().max(40).nullish(),
  notes,
});

function read<S extends z.ZodType>(schema: S, { body }: Call): z.output<S> | Reply {
  try {
    const parsed = schema.safeParse(body.length === 0 ? {} : JSON.parse(body.toString("utf8")));
    if (parsed.success) return parsed.data;
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    return refused(400, `The ${field} is invalid.`, { field });
  } catch {
    return refused(400, "The request is not readable.");
  }
}

const isReply = (value: unknown): value is Reply =>
  typeof value === "object" && value !== null && "status" in value && "body" in value;

async function createOrder({ book, now }: Context, call: Call): Promise<Reply> {
  const asked = read(orderBody, call);
  if (isReply(asked)) return asked;
  const rule = currencies[asked.currency];
  if (!rule) return refused(400, "The currency is not supported.", { field: "currency" });
  const least = toGatewayMinor(rule.minimumMinor, asked.currency, rule) ?? 1n;
  if (BigInt(asked.amount) < least) {
    return refused(400, "Order amount less than minimum amount allowed", { field: "amount" });
  }
  const isAutomatic = asked.payment?.capture === "automatic" || Boolean(asked.payment_capture);
  const order: Order = {
    id: newId("order"),
    amount: asked.amount,
    currency: asked.currency,
    receipt: asked.receipt ?? null,
    status: "created",
    attempts: 0,
    capture: isAutomatic ? "automatic" : "manual",
    notes: asked.notes,
    created_at: seconds(now),
  };
  await book.save("order", order.id, order, order.receipt ? { parent: order.receipt } : {});
  return json(200, orderView(order));
}

/** A page of a list, by the query's `from`, `to`, `count` and `skip`. */
async function listed<T>(
  book: Book,
  kind: string,
  { query }: Call,
  view: (data: T) => Record<string, unknown>,
  parent?: string,
): Promise<Reply> {
  const number = (name: string): number | undefined =>
    query.has(name) ? Number(query.get(name)) : undefined;
  const at = (name: string): Date | undefined => {
    const time = number(name);
    return time === undefined ? undefined : new Date(time * 1_000 + (name === "to" ? 999 : 0));
  };
  const [from, until] = [at("from"), at("to")];
  const rows = await book.list<T>(kind, {
    ...(parent === undefined ? {} : { parent }),
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
    limit: Math.min(number("count") ?? 10, 100),
    skip: number("skip") ?? 0,
  });
  const items = rows.map(({ data }) => view(data));
  return json(200, { entity: "collection", count: items.length, items });
}

const one =
  <T>(kind: string, view: (data: T) => Record<string, unknown>) =>
  async ({ book }: Context, { params }: Call): Promise<Reply> => {
    const found = await book.get<T>(kind, params["id"] ?? "");
    return found ? json(200, view(found.data)) : unknownId();
  };

async function capturePayment(context: Context, call: Call): Promise<Reply> {
  const asked = read(captureBody, call);
  if (isReply(asked)) return asked;
  const payment = (await context.book.get<Payment>("payment", call.params["id"] ?? ""))?.data;
  if (!payment) return unknownId();
  if (payment.status === "captured" || payment.status === "refunded") {
    return refused(400, "This payment has already been captured", { reason: "NA" });
  }
  if (payment.status !== "authorized") {
    return refused(400, "Only payments which have been authorized can be captured", {
      reason: "NA",
    });
  }
  if (asked.amount !== payment.amount || asked.currency !== payment.currency) {
    return refused(400, "Capture amount must be equal to the amount authorized", {
      field: "amount",
    });
  }
  return json(200, paymentView(await capture(context, payment)));
}

async function refundPayment(context: Context, call: Call): Promise<Reply> {
  const asked = read(refundBody, call);
  if (isReply(asked)) return asked;
  const payment = (await context.book.get<Payment>("payment", call.params["id"] ?? ""))?.data;
  if (!payment) return unknownId();
  const left = refundableOf(payment);
  if (left === 0) {
    return refused(400, "The payment has been fully refunded already or was never captured", {
      reason: "NA",
    });
  }
  const value = asked.amount ?? left;
  if (value > left) {
    return refused(400, "The refund amount provided is greater than amount captured", {
      field: "amount",
    });
  }
  const { receipt = null, notes: said } = asked;
  return json(
    200,
    refundView(await makeRefund(context, payment, { amount: value, receipt, notes: said })),
  );
}

export const apiRoutes: Readonly<Record<string, Route>> = {
  "POST /v1/orders": { handle: createOrder },
  "GET /v1/orders": {
    handle: ({ book }, call) =>
      listed<Order>(book, "order", call, orderView, call.query.get("receipt") ?? undefined),
  },
  "GET /v1/orders/:id": { handle: one<Order>("order", orderView) },
  "GET /v1/orders/:id/payments": {
    handle: ({ book }, call) =>
      listed<Payment>(book, "payment", call, paymentView, call.params["id"] ?? ""),
  },
  "GET /v1/payments": {
    handle: ({ book }, call) => listed<Payment>(book, "payment", call, paymentView),
  },
  "GET /v1/payments/:id": { handle: one<Payment>("payment", paymentView) },
  "POST /v1/payments/:id/capture": { handle: capturePayment, movesMoney: true },
  "POST /v1/payments/:id/refund": { handle: refundPayment, movesMoney: true },
  "GET /v1/payments/:id/refunds": {
    handle: ({ book }, call) =>
      listed<Refund>(book, "refund", call, refundView, call.params["id"] ?? ""),
  },
  "GET /v1/refunds": {
    handle: ({ book }, call) => listed<Refund>(book, "refund", call, refundView),
  },
  "GET /v1/refunds/:id": { handle: one<Refund>("refund", refundView) },
  "GET /v1/disputes": {
    handle: ({ book }, call) => listed<Dispute>(book, "dispute", call, disputeView),
  },
  "GET /v1/disputes/:id": { handle: one<Dispute>("dispute", disputeView) },
};
