import type { DummyDispute } from "#db-client";
import { inBookTransaction } from "./client.ts";
import { lockDummyCharge, newReference } from "./dummy-book.ts";
import { tellOfDispute } from "./dummy-events.ts";

export type { DummyDispute };

// How long the merchant has for an answer.
const answerMs = 10 * 24 * 3_600_000;

const movesFrom: Readonly<Record<string, readonly string[]>> = {
  needs_response: ["under_review", "won", "lost"],
  under_review: ["needs_response", "won", "lost"],
};

/**
 * Opens a dispute about money that a charge took. Null where it took none, or less than that. A second
 * dispute about the same charge is another dispute.
 */
export function openDispute(dispute: {
  chargeReference: string;
  amountMinor: bigint | null;
  reason: string;
}): Promise<DummyDispute | null> {
  return inBookTransaction(async (tx) => {
    const charge = await lockDummyCharge(tx, dispute.chargeReference);
    if (!charge) return null;
    const amountMinor = dispute.amountMinor ?? charge.capturedMinor;
    if (amountMinor <= 0n || amountMinor > charge.capturedMinor) return null;
    const opened = await tx.dummyDispute.create({
      data: {
        ...dispute,
        amountMinor,
        reference: newReference("ddp"),
        state: "needs_response",
        dueBy: new Date(Date.now() + answerMs),
      },
    });
    await tx.$executeRaw(tellOfDispute(opened.reference));
    return opened;
  });
}

/** Moves a dispute on. Null where it is decided already. */
export function moveDispute(
  reference: string,
  state: "under_review" | "won" | "lost",
): Promise<DummyDispute | null> {
  return inBookTransaction(async (tx) => {
    const named = await tx.dummyDispute.findUnique({ where: { reference } });
    if (!named) return null;
    await lockDummyCharge(tx, named.chargeReference);
    const dispute = await tx.dummyDispute.findUniqueOrThrow({ where: { reference } });
    if (!movesFrom[dispute.state]?.includes(state)) return null;
    const moved = await tx.dummyDispute.update({ where: { reference }, data: { state } });
    await tx.$executeRaw(tellOfDispute(reference));
    return moved;
  });
}
