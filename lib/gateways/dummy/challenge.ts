import { answerChallenge, findChargeByReference } from "../../db/dummy-book.ts";
import { notFound } from "../../domain/errors.ts";
import { getEnv } from "../../env.ts";

/** What the dummy bank's 3-D Secure page shows. */
export type Challenge = {
  reference: string;
  merchantReference: string;
  amountMinor: bigint;
  currency: string;
  state: "pending" | "approved" | "failed" | "expired";
  returnUrl: string;
};

/** The challenge of that reference, or null. The reference is unguessable and is the only key to it. */
export async function getChallenge(reference: string): Promise<Challenge | null> {
  if (!getEnv().isDemo) return null;
  const charge = await findChargeByReference(reference);
  if (charge?.returnUrl == null) return null;
  const states: Record<string, Challenge["state"]> = {
    requires_action: "pending",
    succeeded: "approved",
    authorized: "approved",
    voided: "approved",
  };
  return {
    reference: charge.reference,
    merchantReference: charge.merchantReference,
    amountMinor: charge.amountMinor,
    currency: charge.currency,
    state:
      states[charge.state] ??
      (charge.declineCode === "authentication_expired" ? "expired" : "failed"),
    returnUrl: charge.returnUrl,
  };
}

/** The shopper's answer at the bank. Repeating it, or giving another later, changes nothing. */
export async function completeChallenge(
  reference: string,
  answer: "approve" | "fail",
): Promise<Challenge> {
  const challenge = await getChallenge(reference);
  if (!challenge) throw notFound();
  await answerChallenge(
    reference,
    answer === "approve"
      ? { approved: true }
      : { approved: false, declineCode: "authentication_failed" },
  );
  return (await getChallenge(reference)) ?? challenge;
}
