import type { DummyRefund } from "#db-client";
import { bookDb, inBookTransaction, type Tx } from "./client.ts";
import { lockDummyCharge, newReference } from "./dummy-book.ts";
import { gatewayTimeIn, tellOfRefund } from "./dummy-events.ts";

export type { DummyRefund };

export type NewDummyRefund = {
  idempotencyKey: string;
  /** Empty for one made in the gateway's dashboard. */
  merchantReference: string;
  chargeReference: string;
  amountMinor: bigint;
  /** Stays `pending` for that long. */
  pendingMs: number | null;
};

/**
 * Writes a refund under a lock on its charge, or gives back the one that the key already has. More than
 * was captured and not given back yet, what is pending counted too, is written as refused. Null where
 * there is no such charge.
 */
export function bookRefund(refund: NewDummyRefund): Promise<DummyRefund | null> {
  const { pendingMs, ...row } = refund;
  return inBookTransaction(async (tx) => {
    const charge = await lockDummyCharge(tx, refund.chargeReference);
    if (!charge) return null;
    const { idempotencyKey, amountMinor } = refund;
    const known = await tx.dummyRefund.findUnique({ where: { idempotencyKey } });
    if (known) return known;
    const takenMinor = charge.refundedMinor + (await pendingMinor(tx, charge.reference));
    const fits = amountMinor > 0n && takenMinor + amountMinor <= charge.capturedMinor;
    const reference = newReference("drf");
    const state = !fits ? "refused" : pendingMs === null ? "succeeded" : "pending";
    const booked = await tx.dummyRefund.create({ data: { ...row, reference, state } });
    if (state === "refused") return booked;
    if (state === "succeeded") await moveRefunded(tx, charge.reference, amountMinor);
    if (state === "pending") {
      await tx.$executeRaw`
        UPDATE dummy_refunds SET settles_at = ${gatewayTimeIn(pendingMs)} WHERE reference = ${reference}`;
    }
    await tx.$executeRaw(tellOfRefund(reference));
    return booked;
  });
}

async function pendingMinor(tx: Tx, chargeReference: string): Promise<bigint> {
  const { _sum } = await tx.dummyRefund.aggregate({
    where: { chargeReference, state: "pending" },
    _sum: { amountMinor: true },
  });
  return _sum.amountMinor ?? 0n;
}

async function moveRefunded(tx: Tx, reference: string, byMinor: bigint): Promise<void> {
  await tx.dummyCharge.update({
    where: { reference },
    data: { refundedMinor: { increment: byMinor } },
  });
}

/** The refund of that key as it is by now, or null. */
export async function findRefund(idempotencyKey: string): Promise<DummyRefund | null> {
  const refund = await bookDb().dummyRefund.findUnique({ where: { idempotencyKey } });
  if (refund?.state !== "pending") return refund;
  await endDueRefunds(refund.reference);
  return bookDb().dummyRefund.findUnique({ where: { idempotencyKey } });
}

/** Lets the refunds succeed whose time as `pending` is over: all, or one. */
export async function endDueRefunds(reference: string | null): Promise<void> {
  const due = await bookDb().$queryRaw<{ reference: string }[]>`
    SELECT reference FROM dummy_refunds
    WHERE state = 'pending' AND settles_at < ${gatewayTimeIn(0)}
      AND (${reference}::text IS NULL OR reference = ${reference})
    ORDER BY settles_at LIMIT 100`;
  for (const one of due) await endRefund(one.reference, "succeeded");
}

/**
 * Ends a refund: one that is pending succeeds or fails; one that had succeeded may fail yet, and the
 * money is the charge's again. Null where it is in no such state.
 */
export function endRefund(
  reference: string,
  state: "succeeded" | "failed",
): Promise<DummyRefund | null> {
  return inBookTransaction(async (tx) => {
    const named = await tx.dummyRefund.findUnique({ where: { reference } });
    if (!named) return null;
    await lockDummyCharge(tx, named.chargeReference);
    const refund = await tx.dummyRefund.findUniqueOrThrow({ where: { reference } });
    const mayEnd =
      refund.state === "pending" || (refund.state === "succeeded" && state === "failed");
    if (!mayEnd) return null;
    const { chargeReference, amountMinor } = refund;
    if (state === "succeeded") await moveRefunded(tx, chargeReference, amountMinor);
    else if (refund.state === "succeeded") await moveRefunded(tx, chargeReference, -amountMinor);
    const ended = await tx.dummyRefund.update({ where: { reference }, data: { state } });
    await tx.$executeRaw(tellOfRefund(reference));
    return ended;
  });
}
