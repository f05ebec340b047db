/**
 * Transaction search: https://developer.paypal.com/docs/transaction-search. PayPal's own is up to three
 * hours behind; this one is not.
 */
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import { answer, PayPalRefusal } from "./answers.ts";
import type { Authorization, Capture, Refund } from "./documents.ts";
import { feeOf, type Money } from "./money.ts";
import { apiRoute } from "./orders.ts";

const longestMs = 31 * 86_400_000;
const everything = 100_000;

/** Event codes: https://developer.paypal.com/reports/reference/t-codes. */
const codes = { payment: "T0006", refund: "T1107", hold: "T1300", voided: "T1302" } as const;

type Row = { at: string; info: Record<string, unknown> };

function timeIn({ query }: Call, name: string): Date {
  const text = query.get(name) ?? "";
  const at = new Date(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(text);
  if (isTime && !Number.isNaN(at.getTime())) return at;
  throw new PayPalRefusal("INVALID_PARAMETER_SYNTAX", { field: name, location: "query" });
}

function numberIn({ query }: Call, name: string, standard: number, most: number): number {
  const text = query.get(name) ?? String(standard);
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new PayPalRefusal("INVALID_PARAMETER_VALUE", { field: name, location: "query" });
}

function row(
  code: string,
  at: string,
  fields: { id: string; amount: Money; status: string; of?: string | null; fee?: Money },
  { custom_id = "", invoice_id = "" }: { custom_id?: string; invoice_id?: string },
): Row {
  const { id, amount, status, of: reference, fee } = fields;
  const time = at.replace("Z", "+0000");
  return {
    at,
    info: {
      transaction_id: id,
      ...(reference && { paypal_reference_id: reference, paypal_reference_id_type: "TXN" }),
      transaction_event_code: code,
      transaction_initiation_date: time,
      transaction_updated_date: time,
      transaction_amount: amount,
      ...(fee && { fee_amount: { ...fee, value: `-${fee.value}` } }),
      transaction_status: status,
      ...(custom_id && { custom_field: custom_id }),
      ...(invoice_id && { invoice_id }),
    },
  };
}

const letters: Readonly<Record<string, string>> = { PENDING: "P", DECLINED: "D", FAILED: "D" };
const letterOf = (status: string): string => letters[status] ?? "S";

async function rowsBetween({ book }: Context, from: Date, until: Date): Promise<Row[]> {
  // To the second, as the times that are shown.
  const end = new Date(Math.floor(until.getTime() / 1_000) * 1_000 + 999);
  const range = { from, until: end, limit: everything };
  const captures = await book.list<Capture>("capture", range);
  const refunds = await book.list<Refund>("refund", range);
  const holds = await book.list<Authorization>("authorization", range);
  const voids = await book.list<{ authorization: string; amount: Money }>("void", range);
  const negative = (amount: Money): Money => ({ ...amount, value: `-${amount.value}` });
  const rows = [
    ...captures.map(({ data }) => {
      const { id, amount, authorization, status } = data;
      const fee = feeOf(amount);
      const fields = { id, amount, status: letterOf(status), of: authorization, fee };
      return row(codes.payment, data.created, fields, data);
    }),
    ...refunds.map(({ data }) => {
      const fields = { id: data.id, amount: negative(data.amount), status: letterOf(data.status) };
      return row(codes.refund, data.created, { ...fields, of: data.capture }, data);
    }),
    ...holds.map(({ data: { id, amount, created, status, custom_id } }) =>
      row(codes.hold, created, { id, amount, status: letterOf(status) }, { custom_id }),
    ),
    ...voids.map(({ id, createdAt, data: { authorization, amount } }) => {
      const at = `${createdAt.toISOString().slice(0, 19)}Z`;
      return row(codes.voided, at, { id, amount, status: "S", of: authorization }, {});
    }),
  ];
  return rows.sort((one, other) => one.at.localeCompare(other.at));
}

async function search(context: Context, call: Call): Promise<Reply> {
  const from = timeIn(call, "start_date");
  const until = timeIn(call, "end_date");
  if (until < from || until.getTime() - from.getTime() > longestMs) {
    throw new PayPalRefusal("INVALID_PARAMETER_VALUE", { field: "end_date", location: "query" });
  }
  const size = numberIn(call, "page_size", 100, 500);
  const page = numberIn(call, "page", 1, 2_147_483);
  const rows = await rowsBetween(context, from, until);
  return answer(200, {
    transaction_details: rows
      .slice((page - 1) * size, page * size)
      .map(({ info }) => ({ transaction_info: info })),
    account_number: context.credentials.merchantId,
    start_date: from.toISOString(),
    end_date: until.toISOString(),
    last_refreshed_datetime: context.now.toISOString(),
    page,
    total_items: rows.length,
    total_pages: Math.ceil(rows.length / size),
    links: [],
  });
}

export const reportingRoutes: Readonly<Record<string, Route>> = {
  "GET /v1/reporting/transactions": apiRoute(search),
};
