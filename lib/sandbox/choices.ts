import type { GatewayName } from "../domain/payment.ts";

// What can be chosen at the sandbox's control port (the contract, section 8), as data for the API, the page
// and a test that holds it against the stand-ins themselves.

/** What can go wrong with the next calls that move money. */
export const callFaultModes = [
  "charge_then_hang",
  "hang",
  "charge_then_500",
  "500",
  "429",
  "reset",
  "garbage",
  "slow_body",
  "wrong_amount",
  "late_success",
] as const;
/** What can go wrong with the next webhooks. */
export const webhookFaultModes = [
  "duplicate",
  "delay",
  "reorder",
  "forge",
  "replay",
  "drop",
] as const;
/** `outage`: nothing is answered until it is taken away; `none` takes everything away. */
export const sandboxFaultModes = [
  ...callFaultModes,
  ...webhookFaultModes,
  "outage",
  "none",
] as const;
export type SandboxFaultMode = (typeof sandboxFaultModes)[number];

export const sandboxActs = [
  "pay",
  "approve",
  "fail_payment",
  "late_authorize",
  "complete_3ds",
  "fail_3ds",
  "cancel",
  "refund",
  "succeed_refund",
  "fail_refund",
  "open_dispute",
  "review_dispute",
  "win_dispute",
  "lose_dispute",
  "expire_authorization",
  "void_authorization",
] as const;
export type SandboxAct = (typeof sandboxActs)[number];

const always = ["refund", "fail_refund", "open_dispute", "win_dispute", "lose_dispute"] as const;

/** What can happen on the side of each gateway, in the order in which one comes to need it. */
export const actsOf: Readonly<Record<GatewayName, readonly SandboxAct[]>> = {
  dummy: ordered("succeed_refund", "review_dispute", "expire_authorization"),
  stripe: ordered("pay", "fail_payment", "complete_3ds", "fail_3ds", "expire_authorization"),
  paypal: ordered(
    "pay",
    "approve",
    "fail_payment",
    "cancel",
    "succeed_refund",
    "review_dispute",
    "expire_authorization",
    "void_authorization",
  ),
  razorpay: ordered("pay", "fail_payment", "late_authorize", "succeed_refund", "review_dispute"),
  flutterwave: ordered("pay", "fail_payment", "succeed_refund"),
};

function ordered(...own: SandboxAct[]): readonly SandboxAct[] {
  const there: readonly SandboxAct[] = [...always, ...own];
  return sandboxActs.filter((act) => there.includes(act));
}

/** A day, a dispute's time to answer, and longer than any hold. */
export const longestAdvanceS = 315_360_000;
