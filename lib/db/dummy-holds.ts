import type { DummyCapture, DummyCharge } from "#db-client";
import { bookDb, inBookTransaction, type Tx } from "./client.ts";
import { lockDummyCharge, newReference } from "./dummy-book.ts";
import { gatewayTimeIn, tellOfCapture, tellOfCharge } from "./dummy-events.ts";

export type { DummyCapture };

export type NewHoldMove = {
  kind: "capture" | "void";
  idempotencyKey: string;
  chargeReference: string;
  amountMinor: bigint;
  /** Stays `pending` for that long. */
  pendingMs: number | null;
};

/** What is held of a charge: neither captured nor released. */
function heldMinor(charge: DummyCharge): bigint {
  return charge.state === "authorized"
    ? charge.amountMinor - charge.capturedMinor - charge.voidedMinor
    : 0n;
}

/** Why a charge's hold cannot give that amount; null where it can. */
function refusalOf(charge: DummyCharge, kind: string, amountMinor: bigint): string | null {
  const left = heldMinor(charge);
  if (left > 0n) return kind === "void" || amountMinor <= left ? null : "capture_refused";
  if (charge.declineCode === "authorization_expired") return "authorization_expired";
  if (charge.state === "voided") return "voided";
  return "capture_refused";
}

/**
 * Captures a part of what a charge holds, or releases all that is left, under a lock on the charge; or
 * gives back the move that the key already has. What it cannot give is written as refused. Null where
 * there is no such charge.
 */
export function bookHoldMove(move: NewHoldMove): Promise<DummyCapture | null> {
  const { pendingMs, ...row } = move;
  return inBookTransaction(async (tx) => {
    const charge = await lockDummyCharge(tx, move.chargeReference);
    if (!charge) return null;
    const where = { idempotencyKey: move.idempotencyKey };
    const known = await tx.dummyCapture.findUnique({ where });
    if (known) return known;
    const declineCode = refusalOf(charge, move.kind, move.amountMinor);
    const capture = await tx.dummyCapture.create({
      data: {
        ...row,
        amountMinor: amountOf(charge, move),
        reference: newReference(move.kind === "capture" ? "dcp" : "dvd"),
        state: declineCode === null ? "pending" : "refused",
        declineCode,
      },
    });
    if (declineCode !== null) return capture;
    if (pendingMs === null) return carryOut(tx, charge, capture);
    await tx.$executeRaw`
      UPDATE dummy_captures SET settles_at = ${gatewayTimeIn(pendingMs)}
      WHERE reference = ${capture.reference}`;
    return capture;
  });
}

/** A void releases all that is held, whatever the caller believed it to be. */
function amountOf(
  charge: DummyCharge,
  { kind, amountMinor }: { kind: string; amountMinor: bigint },
): bigint {
  const left = heldMinor(charge);
  return kind === "void" && left > 0n ? left : amountMinor;
}

async function carryOut(tx: Tx, charge: DummyCharge, capture: DummyCapture): Promise<DummyCapture> {
  const { kind } = capture;
  const declineCode = refusalOf(charge, kind, capture.amountMinor);
  const amountMinor = amountOf(charge, capture);
  const done = await tx.dummyCapture.update({
    where: { reference: capture.reference },
    data: { state: declineCode === null ? "succeeded" : "refused", declineCode, amountMinor },
  });
  if (declineCode !== null) return done;
  const left = heldMinor(charge) - amountMinor;
  const isVoided = kind === "void" && charge.capturedMinor === 0n;
  await tx.dummyCharge.update({
    where: { reference: charge.reference },
    data: {
      [kind === "capture" ? "capturedMinor" : "voidedMinor"]: { increment: amountMinor },
      // The time of a hold that is over means nothing any more.
      ...(left > 0n ? {} : { state: isVoided ? "voided" : "succeeded", expiresAt: null }),
    },
  });
  await tx.$executeRaw(
    kind === "capture" ? tellOfCapture(done.reference) : tellOfCharge(charge.reference),
  );
  return done;
}

/** The capture or void of that key as it is by now, or null. */
export async function findHoldMove(idempotencyKey: string): Promise<DummyCapture | null> {
  const move = await bookDb().dummyCapture.findUnique({ where: { idempotencyKey } });
  if (move?.state !== "pending") return move;
  await endDueHoldMoves(move.reference);
  return bookDb().dummyCapture.findUnique({ where: { idempotencyKey } });
}

/** Carries out the captures and voids whose time as `pending` is over: all, or one. */
export async function endDueHoldMoves(reference: string | null): Promise<void> {
  const due = await bookDb().$queryRaw<{ reference: string; chargeReference: string }[]>`
    SELECT reference, charge_reference AS "chargeReference" FROM dummy_captures
    WHERE state = 'pending' AND settles_at < ${gatewayTimeIn(0)}
      AND (${reference}::text IS NULL OR reference = ${reference})
    ORDER BY settles_at LIMIT 100`;
  for (const one of due) {
    await inBookTransaction(async (tx) => {
      const charge = await lockDummyCharge(tx, one.chargeReference);
      const where = { reference: one.reference };
      const capture = await tx.dummyCapture.findUniqueOrThrow({ where });
      if (charge && capture.state === "pending") await carryOut(tx, charge, capture);
    });
  }
}

/** Ends a hold now, as if its time were over. False where nothing is held. */
export async function expireHold(reference: string): Promise<boolean> {
  const { count } = await bookDb().dummyCharge.updateMany({
    where: { reference, state: "authorized" },
    data: { expiresAt: new Date(0) },
  });
  return count === 1;
}
