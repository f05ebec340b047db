/** What a merchant's server asks Template for. */
import { z } from "zod";
import {
  json,
  type Call,
  type Context,
  type Reply,
  type Route,
} from "../../../sandbox/stand-in.ts";
import { findPayment, paymentView, type Payment, type Refund } from "./documents.ts";
import { endPayment, makeRefund } from "./settle.ts";

const pageMs = 30 * 60_000;
const pageSize = 25;

export const failed = (status: number, code: string): Reply => json(status, { error: { code } });

function bodyOf<S extends z.ZodType>(schema: S, { body }: Call): z.output<S> | null {
  try {
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch {
    return null;
  }
}

const paymentBody = z.object({
  reference: z.string().min(1).max(100),
  amount: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  return_url: z.url(),
  description: z.string().max(200),
});

async function createPayment(context: Context, call: Call): Promise<Reply> {
  const asked = bodyOf(paymentBody, call);
  if (asked === null) return failed(400, "invalid_request");
  const payment: Payment = {
    id: context.book.newId("pay_"),
    status: "open",
    decline_code: null,
    card: null,
    refunded: 0,
    created_at: context.now.toISOString(),
    ...asked,
  };
  const dueAt = new Date(context.now.getTime() + pageMs);
  await context.book.save("payment", payment.id, payment, { dueAt });
  return json(201, await paymentView(context, payment));
}

async function readPayment(context: Context, { params }: Call): Promise<Reply> {
  const payment = await findPayment(context, params["id"] ?? "");
  return payment ? json(200, await paymentView(context, payment)) : failed(404, "not_found");
}

async function cancelPayment(context: Context, { params }: Call): Promise<Reply> {
  const payment = await findPayment(context, params["id"] ?? "");
  if (!payment) return failed(404, "not_found");
  const ended =
    payment.status === "open"
      ? await endPayment(context, payment, { status: "cancelled" })
      : payment;
  return json(200, await paymentView(context, ended));
}

async function listPayments(context: Context, { query }: Call): Promise<Reply> {
  const reference = query.get("reference");
  const after = query.get("after");
  const rows = await context.book.list<Payment>("payment", {
    ...(reference === null
      ? { from: timeOf(query.get("from")), until: timeOf(query.get("until")), oldestFirst: true }
      : { merchantReference: reference }),
    ...(after === null ? {} : { after }),
    limit: pageSize + 1,
  });
  const shown = rows.slice(0, pageSize);
  const data = [];
  for (const row of shown) data.push(await paymentView(context, row.data));
  return json(200, { data, has_more: rows.length > pageSize });
}

function timeOf(text: string | null): Date {
  return new Date(text ?? 0);
}

const refundBody = z.object({ reference: z.string().min(1).max(100), amount: z.int().positive() });

async function createRefund(context: Context, call: Call): Promise<Reply> {
  const asked = bodyOf(refundBody, call);
  const payment = await findPayment(context, call.params["id"] ?? "");
  if (asked === null || payment === null) return failed(400, "invalid_request");
  const left = payment.status === "paid" ? payment.amount - payment.refunded : 0;
  if (asked.amount > left) return failed(400, "amount_too_large");
  return json(201, await makeRefund(context, payment, asked));
}

async function listRefunds({ book }: Context, { query }: Call): Promise<Reply> {
  const merchantReference = query.get("reference") ?? "";
  const rows = await book.list<Refund>("refund", { merchantReference });
  return json(200, { data: rows.map(({ data }) => data) });
}

export const apiRoutes: Readonly<Record<string, Route>> = {
  "GET /v1/account": { handle: () => json(200, { name: "Tollbooth sandbox" }) },
  "POST /v1/payments": { handle: createPayment },
  "GET /v1/payments": { handle: listPayments },
  "GET /v1/payments/:id": { handle: readPayment },
  "POST /v1/payments/:id/cancel": { handle: cancelPayment, movesMoney: true },
  "POST /v1/payments/:id/refunds": { handle: createRefund, movesMoney: true },
  "GET /v1/refunds": { handle: listRefunds },
};
