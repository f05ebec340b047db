import type { OurPayment } from "../db/reconciliation.ts";
import type { CaseKind } from "../domain/case.ts";
import { formatAmount } from "../domain/money.ts";
import type { ListedCharge } from "../gateways/gateway.ts";

type ListedRefund = ListedCharge["refunds"][number];
type OurRefund = OurPayment["refunds"][number];

/** What differs between one charge of a gateway's list and ours. Amounts as decimal strings. */
export type Difference = {
  kind: Extract<CaseKind, "missing_here" | "missing_there" | "amount_differs" | "status_differs">;
  /** `charge/…` or `refund/…` and the gateway's reference, or ours where it has none. */
  subject: string;
  transactionId: string | null;
  evidence: Record<string, string>;
  /**
   * False while it may end by itself: something in it is young, or the gateway is still being asked about
   * it here. Such a one is not told yet; nor is it gone, if it was told before.
   */
  isSettled: boolean;
};

/** Whether money was taken, is held, or neither, in the words of a gateway's list. */
export function statusHere(ours: OurPayment): ListedCharge["status"] {
  if (ours.capturedMinor > 0n) return "succeeded";
  return ours.status === "authorized" ? "authorized" : "other";
}

/** The one of ours that a listed charge is: by the gateway's reference, else by ours. */
export function findOurs(charge: ListedCharge, payments: readonly OurPayment[]): OurPayment | null {
  return (
    payments.find((payment) => payment.gatewayTransactionId === charge.reference) ??
    payments.find((payment) => payment.transactionId === charge.merchantReference) ??
    null
  );
}

/**
 * Compares one charge of a gateway's list with ours, `null` where nothing here carries its reference.
 * What was made or changed at `settledBefore` or later is young. Pure.
 */
export function compareCharge(
  charge: ListedCharge,
  ours: OurPayment | null,
  settledBefore: Date,
): Difference[] {
  const found = chargeDifference(charge, ours);
  const isSame = ours?.gatewayTransactionId === charge.reference;
  const ofRefunds = ours && isSame ? refundDifferences(charge, ours, settledBefore) : [];
  const isOld = charge.createdAt < settledBefore && !(ours && isYoungOrOpen(ours, settledBefore));
  const both = found
    ? // Whoever takes in the charge takes in its refunds: they are told once the charges agree.
      [withCharge(found, charge, ours), ...ofRefunds.map(notYet)]
    : ofRefunds;
  return isOld ? both : both.map(notYet);
}

const notYet = (difference: Difference): Difference => ({ ...difference, isSettled: false });

const withCharge = (
  found: Difference,
  charge: ListedCharge,
  ours: OurPayment | null,
): Difference => ({ ...found, evidence: { ...chargeEvidence(charge, ours), ...found.evidence } });

function isYoungOrOpen(ours: OurPayment, settledBefore: Date): boolean {
  const isAskedAbout = ours.operations.some(
    ({ kind, nextCheckAt }) => kind !== "refund" && nextCheckAt !== null,
  );
  return isAskedAbout || ours.updatedAt >= settledBefore;
}

function chargeDifference(charge: ListedCharge, ours: OurPayment | null): Difference | null {
  const there = charge.status;
  const difference = (kind: Difference["kind"], what: string): Difference => ({
    kind,
    subject: `charge/${charge.reference}`,
    transactionId: ours?.transactionId ?? null,
    evidence: { what },
    isSettled: true,
  });
  if (!ours) {
    return there === "other"
      ? null
      : difference("missing_here", `${inWords[there]} there, and no payment here has it.`);
  }
  const here = statusHere(ours);
  const isOther =
    ours.gatewayTransactionId !== null && ours.gatewayTransactionId !== charge.reference;
  if (isOther && here !== "other") {
    // What came to nothing there beside the charge that we know.
    if (there === "other") return null;
    return difference("missing_here", "A second charge there under the reference of one payment.");
  }
  if (there !== here) {
    const what = `${inWords[there]} there, ${inWords[here].toLowerCase()} here.`;
    const found = difference("status_differs", what);
    return there === "other" && hasJustRunOut(ours) ? notYet(found) : found;
  }
  const amountHere = here === "succeeded" ? ours.capturedMinor : ours.authorizedMinor;
  const amountThere = here === "succeeded" ? charge.capturedMinor : charge.amountMinor;
  const isAlike = amountHere === amountThere && ours.currency === charge.currency;
  if (here === "other" || isAlike) return null;
  return difference("amount_differs", "The amounts differ.");
}

const inWords = {
  succeeded: "Charged",
  authorized: "Held",
  other: "Neither charged nor held",
} as const satisfies Record<ListedCharge["status"], string>;

const dayMs = 24 * 3_600_000;

/** A hold that has run out is released here by the watch of holds, which asks the gateway. */
function hasJustRunOut({ authorizationExpiresAt }: OurPayment): boolean {
  const now = Date.now();
  const endedAt = authorizationExpiresAt?.getTime() ?? 0;
  return endedAt < now && endedAt > now - dayMs;
}

function chargeEvidence(charge: ListedCharge, ours: OurPayment | null): Record<string, string> {
  return {
    about: "charge",
    reference: charge.reference,
    merchant_reference: charge.merchantReference,
    charged_at: charge.createdAt.toISOString(),
    there_status: charge.status,
    there_amount: formatAmount(charge.amountMinor, charge.currency),
    there_captured: formatAmount(charge.capturedMinor, charge.currency),
    there_refunded: formatAmount(charge.refundedMinor, charge.currency),
    there_currency: charge.currency,
    ...(ours && {
      here_status: ours.status,
      here_amount: formatAmount(ours.amountMinor, ours.currency),
      here_captured: formatAmount(ours.capturedMinor, ours.currency),
      here_refunded: formatAmount(ours.refundedMinor, ours.currency),
      here_currency: ours.currency,
    }),
  };
}

function refundDifferences(
  charge: ListedCharge,
  ours: OurPayment,
  settledBefore: Date,
): Difference[] {
  const known = new Set<number>();
  const found = charge.refunds.flatMap((there) => {
    const here = findOurRefund(there, ours);
    if (here) known.add(here.id);
    const difference = refundDifference(charge, ours, there, here);
    if (!difference) return [];
    const isOld =
      there.createdAt < settledBefore && !(here && isRefundYoungOrOpen(here, ours, settledBefore));
    return [isOld ? difference : notYet(difference)];
  });
  const missingThere = ours.refunds.filter(
    ({ id, status }) => status === "refunded" && !known.has(id),
  );
  return [
    ...found,
    ...missingThere.map((here) => ({
      ...aboutRefund(charge, ours, null, here, {
        kind: "missing_there",
        what: "Refunded here, and the gateway's list does not have it.",
      }),
      isSettled: here.updatedAt < settledBefore,
    })),
  ];
}

function isRefundYoungOrOpen(here: OurRefund, ours: OurPayment, settledBefore: Date): boolean {
  const isAskedAbout = ours.operations.some(
    ({ refundPk, nextCheckAt }) => refundPk === here.id && nextCheckAt !== null,
  );
  return isAskedAbout || here.updatedAt >= settledBefore;
}

/** The refund of ours that a listed one is. Never by its amount: two equal ones are two. */
export function findOurRefund(there: ListedRefund, ours: OurPayment): OurRefund | null {
  return (
    ours.refunds.find(({ gatewayRefundId }) => gatewayRefundId === there.reference) ??
    ours.refunds.find(({ refundId }) => refundId === there.merchantReference) ??
    null
  );
}

function refundDifference(
  charge: ListedCharge,
  ours: OurPayment,
  there: ListedRefund,
  here: OurRefund | null,
): Difference | null {
  const tell = (kind: Difference["kind"], what: string): Difference =>
    aboutRefund(charge, ours, there, here, { kind, what });
  if (!here) {
    if (there.status !== "succeeded") return null;
    return tell("missing_here", "Refunded there, and no refund here has it.");
  }
  if (here.amountMinor !== there.amountMinor) return tell("amount_differs", "The amounts differ.");
  const statusThere = there.status === "succeeded" ? "refunded" : there.status;
  // A gateway may call a refund pending for days that it has answered with success.
  const isAlike =
    statusThere === here.status || (statusThere === "pending" && here.status === "refunded");
  return isAlike ? null : tell("status_differs", `${statusThere} there, ${here.status} here.`);
}

function aboutRefund(
  charge: ListedCharge,
  ours: OurPayment,
  there: ListedRefund | null,
  here: OurRefund | null,
  { kind, what }: { kind: Difference["kind"]; what: string },
): Difference {
  return {
    kind,
    subject: `refund/${there?.reference ?? here?.refundId ?? ""}`,
    transactionId: ours.transactionId,
    evidence: {
      about: "refund",
      what,
      reference: charge.reference,
      merchant_reference: charge.merchantReference,
      charged_at: charge.createdAt.toISOString(),
      ...(there && {
        refund_reference: there.reference,
        refunded_at: there.createdAt.toISOString(),
        there_status: there.status,
        there_amount: formatAmount(there.amountMinor, charge.currency),
        there_currency: charge.currency,
      }),
      ...(here && {
        refund_id: here.refundId,
        here_status: here.status,
        here_amount: formatAmount(here.amountMinor, ours.currency),
        here_currency: ours.currency,
      }),
    },
    isSettled: true,
  };
}
