import type {
  DummyBook,
  findDummyAccount,
  findDummyDispute,
  findDummyRefund,
  getDummyCharge,
} from "#lib/db/dummy-control";
import type { findHoldMove } from "#lib/db/dummy-holds";

type Row<F extends (...parameters: never[]) => Promise<unknown>> = NonNullable<
  Awaited<ReturnType<F>>
>;

/** Minor units as text, names in snake case, times in RFC 3339: a row of the book as JSON. */
function rowView(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === "bigint" ? String(value) : value,
    ]),
  );
}

export const chargeView = (charge: Row<typeof getDummyCharge>) => rowView(charge);
export const refundView = (refund: Row<typeof findDummyRefund>) => rowView(refund);
export const disputeView = (dispute: Row<typeof findDummyDispute>) => rowView(dispute);
const captureView = (capture: Row<typeof findHoldMove>) => rowView(capture);

export function bookView(book: DummyBook): Record<keyof DummyBook, unknown[]> {
  return {
    charges: book.charges.map(chargeView),
    refunds: book.refunds.map(refundView),
    captures: book.captures.map(captureView),
    disputes: book.disputes.map(disputeView),
    calls: book.calls.map((call) => rowView(call)),
  };
}

/** What a program needs to play the dummy gateway. It is a demo's: nothing here is worth hiding. */
export function accountView(
  account: Awaited<ReturnType<typeof findDummyAccount>>,
  baseUrl: string,
): Record<string, unknown> {
  return {
    base_url: baseUrl,
    credentials: {
      merchant_id: account?.merchantId ?? "dummy_merchant",
      public_key: "dummy_public_key",
      secret_key: "dummy_secret_key",
    },
    webhook_url: account?.webhookUrl ?? null,
    webhook_secret: account?.webhookSecret ?? null,
    clock_offset_s: account?.clockOffsetS ?? 0,
  };
}
