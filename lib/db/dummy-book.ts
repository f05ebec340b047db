import { randomBytes } from "node:crypto";
import type { DummyCharge, DummyRefund } from "#db-client";
import { db, inTransaction } from "./client.ts";

export type { DummyCharge };

/**
 * The dummy gateway's own book. Every call commits by itself, as a remote service would: nothing here
 * may take part in a transaction of the payment path.
 */
export type NewDummyCharge = {
  idempotencyKey: string;
  merchantReference: string;
  state: "succeeded" | "declined" | "requires_action" | "refused";
  amountMinor: bigint;
  currency: string;
  declineCode: string | null;
  cardBrand: string | null;
  cardLast4: string | null;
  returnUrl: string | null;
  expiresInMinutes: number | null;
};

function newReference(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

/** Writes a charge, or gives back the one that the key already has. */
export async function bookCharge(charge: NewDummyCharge): Promise<DummyCharge> {
  const { expiresInMinutes, ...row } = charge;
  await db().dummyCharge.createMany({
    data: [
      {
        ...row,
        reference: newReference("dch"),
        expiresAt:
          expiresInMinutes === null ? null : new Date(Date.now() + expiresInMinutes * 60_000),
      },
    ],
    skipDuplicates: true,
  });
  return db().dummyCharge.findUniqueOrThrow({ where: { idempotencyKey: charge.idempotencyKey } });
}

export function findCharge(idempotencyKey: string): Promise<DummyCharge | null> {
  return db().dummyCharge.findUnique({ where: { idempotencyKey } });
}

export function findChargeByReference(reference: string): Promise<DummyCharge | null> {
  return db().dummyCharge.findUnique({ where: { reference } });
}

/** Ends a charge that waits for the shopper; the first answer counts. True when this one did. */
export async function answerChallenge(
  reference: string,
  answer: { state: "succeeded" } | { state: "declined"; declineCode: string },
): Promise<boolean> {
  const { count } = await db().dummyCharge.updateMany({
    where: { reference, state: "requires_action" },
    data: answer,
  });
  return count === 1;
}

/** Writes a refund under a lock on its charge, or gives back the one that the key already has. */
export function bookRefund(refund: {
  idempotencyKey: string;
  merchantReference: string;
  chargeReference: string;
  amountMinor: bigint;
}): Promise<DummyRefund> {
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM dummy_charges WHERE reference = ${refund.chargeReference} FOR UPDATE`;
    const known = await tx.dummyRefund.findUnique({
      where: { idempotencyKey: refund.idempotencyKey },
    });
    if (known) return known;
    const charge = await tx.dummyCharge.findUniqueOrThrow({
      where: { reference: refund.chargeReference },
    });
    const fits =
      charge.state === "succeeded" &&
      charge.refundedMinor + refund.amountMinor <= charge.amountMinor;
    if (fits) {
      await tx.dummyCharge.update({
        where: { reference: charge.reference },
        data: { refundedMinor: { increment: refund.amountMinor } },
      });
    }
    return tx.dummyRefund.create({
      data: { ...refund, reference: newReference("drf"), state: fits ? "succeeded" : "refused" },
    });
  });
}

export function findRefund(idempotencyKey: string): Promise<DummyRefund | null> {
  return db().dummyRefund.findUnique({ where: { idempotencyKey } });
}
