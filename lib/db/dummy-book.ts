import { randomBytes } from "node:crypto";
import { Prisma, type DummyCharge } from "#db-client";
import { bookDb, type Tx } from "./client.ts";
import { gatewayNow, gatewayTimeIn, tellOfCharges } from "./dummy-events.ts";

export type { DummyCharge };

// How long the dummy gateway holds money.
const holdMs = 7 * 24 * 3_600_000;

/**
 * The dummy gateway's own book. Every call commits by itself, as a remote service would: nothing here
 * may take part in a transaction of the payment path. Every change tells the merchant in the same
 * statement or transaction (dummy-events.ts).
 */
export type NewDummyCharge = {
  idempotencyKey: string;
  merchantReference: string;
  state: "succeeded" | "authorized" | "pending" | "declined" | "requires_action" | "refused";
  captureMethod: "automatic" | "manual";
  amountMinor: bigint;
  currency: string;
  declineCode: string | null;
  cardBrand: string | null;
  cardLast4: string | null;
  returnUrl: string | null;
  /** The end of `requires_action` or `pending`, by the gateway's clock. A hold has seven days. */
  expiresInMs: number | null;
};

export function newReference(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

export const chargeColumns = Prisma.sql`c.reference, c.idempotency_key AS "idempotencyKey",
  c.merchant_reference AS "merchantReference", c.state, c.capture_method::text AS "captureMethod",
  c.amount_minor AS "amountMinor", c.currency, c.captured_minor AS "capturedMinor",
  c.voided_minor AS "voidedMinor", c.refunded_minor AS "refundedMinor",
  c.decline_code AS "declineCode", c.card_brand AS "cardBrand", c.card_last4 AS "cardLast4",
  c.return_url AS "returnUrl", c.created_at AS "createdAt", c.expires_at AS "expiresAt"`;

/** Runs a statement that returns changed charges, and tells of each; one statement, so all or nothing. */
function changeAndTell(tx: Tx, change: Prisma.Sql): Promise<DummyCharge[]> {
  return tx.$queryRaw<DummyCharge[]>`
    WITH charge AS (${change}), told AS (${tellOfCharges}) SELECT ${chargeColumns} FROM charge c`;
}

/** Writes a charge, or gives back the one that the key already has. */
export async function bookCharge(charge: NewDummyCharge): Promise<DummyCharge> {
  const { state, captureMethod, amountMinor } = charge;
  const capturedMinor = state === "succeeded" ? amountMinor : 0n;
  const expiresInMs = state === "authorized" ? holdMs : charge.expiresInMs;
  const [booked] = await changeAndTell(
    bookDb(),
    Prisma.sql`
      INSERT INTO dummy_charges (reference, idempotency_key, merchant_reference, state, capture_method,
        amount_minor, currency, captured_minor, decline_code, card_brand, card_last4, return_url, expires_at)
      VALUES (${newReference("dch")}, ${charge.idempotencyKey}, ${charge.merchantReference}, ${state},
        ${captureMethod}::capture_method, ${amountMinor}, ${charge.currency}, ${capturedMinor},
        ${charge.declineCode}, ${charge.cardBrand}, ${charge.cardLast4}, ${charge.returnUrl},
        ${gatewayTimeIn(expiresInMs)})
      ON CONFLICT (idempotency_key) DO NOTHING RETURNING *`,
  );
  const { idempotencyKey } = charge;
  return booked ?? (await bookDb().dummyCharge.findUniqueOrThrow({ where: { idempotencyKey } }));
}

const openStates = ["requires_action", "pending", "authorized"];

/**
 * Ends what has come to its time by the gateway's clock: a challenge nobody answered is declined, a
 * pending charge succeeds, a hold runs out. All of the book, or one charge. Returns how many ended.
 */
export async function endDueCharges(reference: string | null, tx: Tx = bookDb()): Promise<number> {
  const which = reference === null ? Prisma.empty : Prisma.sql`AND reference = ${reference}`;
  const ended = await changeAndTell(
    tx,
    Prisma.sql`
      UPDATE dummy_charges SET
        state = CASE
          WHEN state = 'pending' AND capture_method = 'manual' THEN 'authorized'
          WHEN state = 'pending' OR captured_minor > 0 THEN 'succeeded'
          ELSE 'declined' END,
        decline_code = CASE
          WHEN state = 'requires_action' THEN 'authentication_expired'
          WHEN state = 'authorized' AND captured_minor = 0 THEN 'authorization_expired'
          ELSE decline_code END,
        captured_minor = CASE
          WHEN state = 'pending' AND capture_method = 'automatic' THEN amount_minor
          ELSE captured_minor END,
        voided_minor = CASE WHEN state = 'authorized' THEN amount_minor - captured_minor ELSE 0 END,
        expires_at = CASE
          WHEN state = 'pending' AND capture_method = 'manual' THEN ${gatewayTimeIn(holdMs)}
          ELSE expires_at END
      WHERE state IN ('requires_action', 'pending', 'authorized') AND expires_at < ${gatewayNow} ${which}
      RETURNING *`,
  );
  return ended.length;
}

/** The charge of that key as it is by now, or null. */
export async function findCharge(idempotencyKey: string): Promise<DummyCharge | null> {
  return asOfNow(await bookDb().dummyCharge.findUnique({ where: { idempotencyKey } }));
}

/** The charge of that reference as it is by now, or null. */
export async function findChargeByReference(reference: string): Promise<DummyCharge | null> {
  return asOfNow(await bookDb().dummyCharge.findUnique({ where: { reference } }));
}

async function asOfNow(charge: DummyCharge | null): Promise<DummyCharge | null> {
  if (!charge || !openStates.includes(charge.state)) return charge;
  if ((await endDueCharges(charge.reference)) === 0) return charge;
  return bookDb().dummyCharge.findUnique({ where: { reference: charge.reference } });
}

/** Locks a charge for the rest of the transaction, as it is by now. Null where there is none. */
export async function lockDummyCharge(tx: Tx, reference: string): Promise<DummyCharge | null> {
  const lock = async (): Promise<DummyCharge | null> => {
    const [charge] = await tx.$queryRaw<DummyCharge[]>`
      SELECT ${chargeColumns} FROM dummy_charges c WHERE c.reference = ${reference} FOR UPDATE`;
    return charge ?? null;
  };
  const charge = await lock();
  if (!charge || !openStates.includes(charge.state)) return charge;
  return (await endDueCharges(reference, tx)) === 0 ? charge : lock();
}

/** Ends a charge that waits for the shopper; the first answer counts. True when this one did. */
export async function answerChallenge(
  reference: string,
  answer: { approved: true } | { approved: false; declineCode: string },
): Promise<boolean> {
  const change = answer.approved
    ? Prisma.sql`
        state = CASE capture_method WHEN 'manual' THEN 'authorized' ELSE 'succeeded' END,
        captured_minor = CASE capture_method WHEN 'manual' THEN 0 ELSE amount_minor END,
        expires_at = CASE capture_method WHEN 'manual' THEN ${gatewayTimeIn(holdMs)} ELSE expires_at END`
    : Prisma.sql`state = 'declined', decline_code = ${answer.declineCode}`;
  const changed = await changeAndTell(
    bookDb(),
    Prisma.sql`UPDATE dummy_charges SET ${change}
               WHERE reference = ${reference} AND state = 'requires_action' RETURNING *`,
  );
  return changed.length === 1;
}
