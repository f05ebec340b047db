// PayPal's list of transactions, for reconciliation: developer.paypal.com/docs/transaction-search. It is
// up to three hours behind.
import { z } from "zod";
import type { GatewayAccount, ListedCharge } from "../gateway.ts";
import { callPayPal } from "./paypal-api.ts";
import { minorOf, moneySchema } from "./paypal-outcomes.ts";

/** The longest time that one search may cover. */
const windowMs = 31 * 86_400_000;
const pageSize = 100;
/** After that a hold is over. */
const holdMs = 29 * 86_400_000;

const rowSchema = z.object({
  transaction_id: z.string(),
  paypal_reference_id: z.string().optional(),
  transaction_event_code: z.string(),
  transaction_initiation_date: z
    .string()
    // PayPal writes an offset without a colon.
    .transform((text) => new Date(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))),
  transaction_amount: moneySchema,
  transaction_status: z.string(),
  custom_field: z.string().optional(),
});
const pageSchema = z.object({
  transaction_details: z.array(z.object({ transaction_info: rowSchema })).optional(),
  total_pages: z.number().int().nonnegative(),
});
type Row = z.output<typeof rowSchema>;

/** Event codes: developer.paypal.com/reports/reference/t-codes. T00 payments, T11 refunds, T13 holds. */
type Kind = "payment" | "refund" | "hold" | "release" | "other";
function kindOf({ transaction_event_code: code, transaction_amount: { value } }: Row): Kind {
  if (code === "T1107") return "refund";
  if (code === "T1300") return "hold";
  if (code === "T1302") return "release";
  // What we paid to others is a payment with a sign.
  return code.startsWith("T00") && !value.startsWith("-") ? "payment" : "other";
}

/** What came of a payment or hold later: its refunds, its capture, its release. */
type Followed = { refunds: Row[]; capture: Row | null; isReleased: boolean };

/** Every charge of a time, oldest first. Throws where a list cannot be read. */
export async function* listCharges(
  account: GatewayAccount,
  range: { from: Date; until: Date },
): AsyncIterable<readonly ListedCharge[]> {
  const { later, held } = await followUps(account, range.from);
  for await (const rows of readRows(account, range.from, range.until)) {
    const charges = rows.flatMap((row) => {
      const kind = kindOf(row);
      // What was held in this time is listed with its hold.
      const isOfHold = held.has(row.paypal_reference_id ?? "");
      const isListed = kind === "hold" || (kind === "payment" && !isOfHold);
      return isListed ? [listed(row, kind === "hold", later)] : [];
    });
    charges.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
    if (charges.length > 0) yield charges;
  }
}

async function followUps(
  account: GatewayAccount,
  from: Date,
): Promise<{ later: Map<string, Followed>; held: Set<string> }> {
  const held = new Set<string>();
  const found = new Map<string, Followed>();
  const until = new Date(Math.max(Date.now(), from.getTime()) + 60_000);
  for await (const rows of readRows(account, from, until)) {
    for (const row of rows) {
      const kind = kindOf(row);
      if (kind === "hold") held.add(row.transaction_id);
      const { paypal_reference_id: of } = row;
      if (of === undefined) continue;
      const entry = found.get(of) ?? { refunds: [], capture: null, isReleased: false };
      found.set(of, entry);
      if (kind === "refund") entry.refunds.push(row);
      if (kind === "payment" && isMoney(row)) entry.capture = row;
      if (kind === "release") entry.isReleased = true;
    }
  }
  return { later: found, held };
}

/** `V`: a payment that was given back later; it was taken all the same. */
function isMoney({ transaction_status: status }: Row): boolean {
  return status === "S" || status === "V";
}

function listed(row: Row, isHold: boolean, later: ReadonlyMap<string, Followed>): ListedCharge {
  const follow = later.get(row.transaction_id);
  const taken = isHold ? (follow?.capture ?? null) : isMoney(row) ? row : null;
  const charge = taken ?? row;
  const refunds = (later.get(charge.transaction_id)?.refunds ?? []).map(listedRefund);
  const isHeld =
    isHold &&
    isMoney(row) &&
    !follow?.isReleased &&
    row.transaction_initiation_date.getTime() + holdMs > Date.now();
  return {
    reference: charge.transaction_id,
    merchantReference: row.custom_field ?? charge.custom_field ?? "",
    status: taken ? "succeeded" : isHeld ? "authorized" : "other",
    amountMinor: amountOf(row),
    capturedMinor: taken ? amountOf(taken) : 0n,
    refundedMinor: refunds
      .filter(({ status }) => status === "succeeded")
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    currency: row.transaction_amount.currency_code,
    createdAt: row.transaction_initiation_date,
    refunds,
  };
}

function listedRefund(row: Row): ListedCharge["refunds"][number] {
  const { transaction_status: status, custom_field: custom = "" } = row;
  return {
    reference: row.transaction_id,
    merchantReference: custom.startsWith("REF-") ? custom : "",
    status: status === "S" ? "succeeded" : status === "P" ? "pending" : "failed",
    amountMinor: amountOf(row),
    createdAt: row.transaction_initiation_date,
  };
}

function amountOf({ transaction_amount: { value, currency_code } }: Row): bigint {
  const minor = minorOf({ value: value.replace(/^-/, ""), currency_code });
  if (minor === null) throw new Error("PayPal's list names an amount that cannot be read.");
  return minor;
}

/** The rows of a time, page by page, in searches of at most 31 days. */
async function* readRows(account: GatewayAccount, from: Date, until: Date): AsyncIterable<Row[]> {
  // PayPal's times are whole seconds.
  const last = Math.ceil(until.getTime() / 1_000) * 1_000;
  let start = Math.floor(from.getTime() / 1_000) * 1_000;
  while (start <= last) {
    const end = Math.min(start + windowMs, last);
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const read = await readPage(account, new Date(start), new Date(end), page);
      pages = read.total_pages;
      yield (read.transaction_details ?? []).map(({ transaction_info }) => transaction_info);
    }
    // A search takes in both its ends.
    start = end + 1_000;
  }
}

async function readPage(
  account: GatewayAccount,
  from: Date,
  until: Date,
  page: number,
): Promise<z.output<typeof pageSchema>> {
  const query = new URLSearchParams({
    start_date: secondsOf(from),
    end_date: secondsOf(until),
    fields: "transaction_info",
    page_size: String(pageSize),
    page: String(page),
  });
  const answer = await callPayPal(account, {
    method: "GET",
    path: `/v1/reporting/transactions?${query}`,
  });
  const parsed = answer.kind === "success" ? pageSchema.safeParse(answer.data) : null;
  if (parsed?.success) return parsed.data;
  throw new Error("PayPal's list of transactions could not be read.");
}

const secondsOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
