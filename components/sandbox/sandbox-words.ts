import type { SandboxAct, SandboxFaultMode } from "#lib/sandbox/choices";

/** What each fault does, for the one who chooses it. */
export const faultWords: Readonly<Record<SandboxFaultMode, string>> = {
  charge_then_hang: "Done, and never answered",
  hang: "Not done, and never answered",
  charge_then_500: "Done, and answered with an error",
  "500": "Not done, and answered with an error",
  "429": "Turned away as one too many",
  reset: "Done, and the connection breaks",
  garbage: "Done, and the answer is unreadable",
  slow_body: "Done, and the answer comes slowly",
  wrong_amount: "Done, and answered with another amount",
  late_success: "Undecided at first, done later",
  duplicate: "Delivered three times",
  delay: "Delivered late",
  reorder: "Delivered after the next one",
  forge: "A forgery comes first",
  replay: "An older one comes again",
  drop: "Never delivered",
  outage: "Nothing is answered until it is taken away",
  none: "Nothing goes wrong",
};

/** What happens at the gateway, as a choice. */
export const actWords: Readonly<Record<SandboxAct, string>> = {
  pay: "The shopper pays",
  approve: "The shopper approves",
  fail_payment: "The bank refuses the payment",
  late_authorize: "A refused payment comes through late",
  complete_3ds: "The bank's check is passed",
  fail_3ds: "The bank's check is failed",
  cancel: "The shopper cancels",
  refund: "Refund from its dashboard",
  succeed_refund: "A waiting refund is paid out",
  fail_refund: "A refund fails",
  open_dispute: "A dispute is opened",
  review_dispute: "The dispute is under review",
  win_dispute: "The dispute is won",
  lose_dispute: "The dispute is lost",
  expire_authorization: "The hold runs out",
  void_authorization: "The hold is released in its dashboard",
};

/** An act that may be about a part of the payment. */
export const takesAmount = (act: SandboxAct): boolean => act === "refund" || act === "open_dispute";

/** How far ahead, in the two greatest units: "2 days 3 h". */
export function leadWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "min"],
    [seconds % 60, "s"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return said.length === 0 ? "0 s" : said.map(([count, unit]) => `${count} ${unit}`).join(" ");
}
