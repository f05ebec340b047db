// What the dummy gateway's book says, as outcomes.
import type { DummyCharge } from "../../db/dummy-book.ts";
import type { DummyCapture } from "../../db/dummy-holds.ts";
import type { ListedDummyCharge } from "../../db/dummy-list.ts";
import type { DummyRefund } from "../../db/dummy-refunds.ts";
import { getEnv } from "../../env.ts";
import { declined, isDeclineReason } from "../declined.ts";
import type { CardSummary, ListedCharge, Outcome } from "../gateway.ts";

/** The card of a row, where it is known. */
export function cardOf(brand: string | null, last4: string | null): CardSummary | null {
  return brand && last4 ? { brand, last4 } : null;
}

/**
 * What a charge came to. One that was authorized stays so, however much of it was captured since:
 * captures and voids are operations of their own.
 */
export function chargeOutcome(charge: DummyCharge): Outcome {
  const { reference, amountMinor, currency } = charge;
  const card = cardOf(charge.cardBrand, charge.cardLast4);
  switch (charge.state) {
    case "authorized":
    case "succeeded":
      return charge.captureMethod === "manual"
        ? {
            kind: "authorized",
            reference,
            amountMinor,
            currency,
            card,
            expiresAt: charge.expiresAt,
          }
        : { kind: "succeeded", reference, amountMinor, currency, card };
    case "pending":
      return { kind: "pending", reference };
    case "requires_action":
      return {
        kind: "action_required",
        reference,
        url: `${getEnv().PUBLIC_URL}/dummy-gateway/challenge/${reference}`,
      };
    case "voided":
      return declined("voided", reference);
    case "declined": {
      const { declineCode } = charge;
      return declined(isDeclineReason(declineCode) ? declineCode : "card_declined", reference);
    }
    case "refused":
      return declined("not_charged", null);
    default:
      return { kind: "unknown", detail: `unreadable state ${charge.state}` };
  }
}

/** What a capture or void came to. */
export function holdOutcome(move: DummyCapture, currency: string): Outcome {
  const { reference, amountMinor, declineCode } = move;
  if (move.state === "pending") return { kind: "pending", reference };
  if (move.state === "succeeded") {
    return { kind: "succeeded", reference, amountMinor, currency, card: null };
  }
  return declined(isDeclineReason(declineCode) ? declineCode : "capture_refused", reference);
}

/** What a refund came to. */
export function refundOutcome(refund: DummyRefund, currency: string): Outcome {
  const { reference, amountMinor } = refund;
  switch (refund.state) {
    case "succeeded":
      return { kind: "succeeded", reference, amountMinor, currency, card: null };
    case "pending":
      return { kind: "pending", reference };
    default:
      return declined(refund.state === "failed" ? "refund_failed" : "refund_refused", reference);
  }
}

const listedStates: Readonly<Record<string, "pending" | "succeeded" | "failed">> = {
  pending: "pending",
  succeeded: "succeeded",
};

/** A row of the book in the words of a gateway's list. */
export function listedCharge(charge: ListedDummyCharge): ListedCharge {
  const { reference, merchantReference, amountMinor, capturedMinor, state } = charge;
  return {
    reference,
    merchantReference,
    status: capturedMinor > 0n ? "succeeded" : state === "authorized" ? "authorized" : "other",
    amountMinor,
    capturedMinor,
    refundedMinor: charge.refundedMinor,
    currency: charge.currency,
    createdAt: charge.createdAt,
    refunds: charge.refunds
      .filter((refund) => refund.state !== "refused")
      .map((refund) => ({
        reference: refund.reference,
        merchantReference: refund.merchantReference,
        status: listedStates[refund.state] ?? "failed",
        amountMinor: refund.amountMinor,
        createdAt: refund.createdAt,
      })),
  };
}
