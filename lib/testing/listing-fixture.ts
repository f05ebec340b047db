import { db } from "../db/client.ts";
import type { TransactionRecord } from "../db/transactions.ts";
import { dummyGateway } from "../gateways/dummy/dummy-gateway.ts";
import type { Gateway, ListedCharge } from "../gateways/gateway.ts";

const minuteMs = 60_000;

export const hourAgo = (): Date => new Date(Date.now() - 60 * minuteMs);
/** A range that everything a test makes is well inside of, once it is past the grace. */
export const wideRange = (): { from: Date; until: Date } => ({
  from: new Date(Date.now() - 24 * 60 * minuteMs),
  until: new Date(Date.now() + 60 * minuteMs),
});
/** A time at which all that a test made is older than the grace. */
export const later = (): Date => new Date(Date.now() + 30 * minuteMs);

/** A charge as the far side would list it. */
export function aListedCharge(charge: Partial<ListedCharge> = {}): ListedCharge {
  const amountMinor = charge.amountMinor ?? 15_000n;
  return {
    reference: "there_1",
    merchantReference: "TXN-000000000001",
    status: "succeeded",
    amountMinor,
    capturedMinor: amountMinor,
    refundedMinor: 0n,
    currency: "USD",
    createdAt: hourAgo(),
    refunds: [],
    ...charge,
  };
}

/** A payment of ours as the far side lists it when both agree. */
export function listedAs(
  transaction: TransactionRecord,
  charge: Partial<ListedCharge> = {},
): ListedCharge {
  return aListedCharge({
    reference: transaction.gatewayTransactionId ?? "none",
    merchantReference: transaction.transactionId,
    amountMinor: transaction.amountMinor,
    capturedMinor: transaction.capturedMinor,
    refundedMinor: transaction.refundedMinor,
    currency: transaction.currency,
    createdAt: transaction.createdAt,
    ...charge,
  });
}

/** The far side with that list, in pages; an Error in place of a page is thrown there. */
export function aGatewayListing(...pages: (readonly ListedCharge[] | Error)[]): Gateway {
  return {
    ...dummyGateway,
    async *listCharges() {
      for (const page of pages) {
        if (page instanceof Error) throw page;
        yield await Promise.resolve(page);
      }
    },
  };
}

/** Has all that those payments went through, here and in the dummy gateway's book, be an hour ago. */
export async function makeOld(...transactions: readonly TransactionRecord[]): Promise<void> {
  const ids = transactions.map(({ id }) => id);
  const references = transactions.map(({ transactionId }) => transactionId);
  await db().$executeRaw`
    UPDATE transactions SET updated_at = now() - interval '1 hour' WHERE id = ANY(${ids})`;
  await db().$executeRaw`
    UPDATE refunds SET updated_at = now() - interval '1 hour' WHERE transaction_pk = ANY(${ids})`;
  await db().$executeRaw`
    UPDATE operations SET created_at = now() - interval '1 hour' WHERE transaction_pk = ANY(${ids})`;
  await db().$executeRaw`
    UPDATE dummy_refunds SET created_at = now() - interval '1 hour' WHERE charge_reference IN
      (SELECT reference FROM dummy_charges WHERE merchant_reference = ANY(${references}))`;
  await db().$executeRaw`
    UPDATE dummy_charges SET created_at = now() - interval '1 hour'
    WHERE merchant_reference = ANY(${references})`;
}
