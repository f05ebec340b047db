import type { CaseKind, CaseResolution } from "#lib/domain/case";
import { displayMoney, parseAmount } from "#lib/domain/money";
import { lookUp } from "../transactions/look-up.ts";
import { disputeReasonWords } from "../transactions/words.ts";
import type { Tone } from "../ui/tone.ts";

export type Evidence = Readonly<Record<string, unknown>>;

type KindWords = {
  /** Short, for badges, filters and counts. */
  label: string;
  tone: Tone;
  /** What there is to do, for the overview. */
  todo: string;
};

/** The words for each kind of case. */
export const caseKindWords = {
  invariant_violated: {
    label: "The books are wrong",
    tone: "danger",
    todo: "A rule of the books is broken. Find out why before you move more money.",
  },
  audit_broken: {
    label: "The audit log was changed",
    tone: "danger",
    todo: "What was sealed is not what is there now. Somebody wrote in the database.",
  },
  gateway_refused_credentials: {
    label: "Gateway refuses our keys",
    tone: "danger",
    todo: "Nobody can pay there until its keys are put right.",
  },
  outcome_unknown: {
    label: "Outcome unknown for long",
    tone: "warning",
    todo: "The gateway did not tell in time. Open the payment to ask it again.",
  },
  amount_mismatch: {
    label: "Gateway tells another amount",
    tone: "danger",
    todo: "Nothing was booked. Look at the gateway's own record.",
  },
  excess_capture: {
    label: "Order paid twice",
    tone: "danger",
    todo: "Money was taken for an order that was paid already. Refund the excess.",
  },
  refund_failed: {
    label: "Refund failed",
    tone: "danger",
    todo: "No money went back. Retry it, or give the money back another way.",
  },
  dispute_open: {
    label: "Dispute open",
    tone: "warning",
    todo: "Answer in the gateway's dashboard before the deadline.",
  },
  missing_here: {
    label: "At the gateway, not here",
    tone: "danger",
    todo: "Money moved there that these books do not have.",
  },
  missing_there: {
    label: "Here, not at the gateway",
    tone: "danger",
    todo: "These books say that money moved, and the gateway's list does not.",
  },
  amount_differs: {
    label: "Amounts differ",
    tone: "warning",
    todo: "These books and the gateway's list name different amounts.",
  },
  status_differs: {
    label: "Statuses differ",
    tone: "warning",
    todo: "These books and the gateway's list disagree on what happened.",
  },
  webhook_dead: {
    label: "Webhook given up",
    tone: "warning",
    todo: "A message of a gateway was tried too often. Replay it.",
  },
  webhook_unmatched: {
    label: "Webhook about nothing here",
    tone: "warning",
    todo: "A message of a gateway is about a payment that is not here.",
  },
  authorization_expiring: {
    label: "Authorisation runs out",
    tone: "warning",
    todo: "Capture the money before the bank lets it go.",
  },
  message_undelivered: {
    label: "Message not delivered",
    tone: "warning",
    todo: "Another system was not told what happened here.",
  },
} as const satisfies Record<CaseKind, KindWords>;

export const caseResolutionWords = {
  adopted: "Taken over from the gateway",
  refunded: "Refunded",
  retried: "Done over",
  replayed: "Replayed",
  dismissed: "Dismissed",
  cleared: "Cleared by itself",
} as const satisfies Record<CaseResolution, string>;

function text(evidence: Evidence, name: string): string | null {
  const value = evidence[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** An amount of the evidence for people, with its currency where it has one. Zero is one too. */
export function evidenceMoney(amount: string | null, currency: string | null): string {
  if (amount === null) return "the money";
  if (currency === null) return amount;
  if (/^0+(?:\.0+)?$/.test(amount)) return displayMoney(0n, currency);
  try {
    return displayMoney(parseAmount(amount, currency), currency);
  } catch {
    // More decimals than the currency has: as it was written.
    return `${amount} ${currency}`;
  }
}

const operationWords: Readonly<Record<string, string>> = {
  charge: "a charge",
  capture: "a capture",
  void: "a release",
  refund: "a refund",
};

type Sentence = { title: string; next: string | null };

function reconciled(kind: CaseKind, evidence: Evidence): Sentence {
  const isRefund = text(evidence, "about") === "refund";
  const there = evidenceMoney(
    text(evidence, isRefund ? "there_amount" : "there_captured") ?? text(evidence, "there_amount"),
    text(evidence, "there_currency"),
  );
  const here = evidenceMoney(
    text(evidence, isRefund ? "here_amount" : "here_captured") ?? text(evidence, "here_amount"),
    text(evidence, "here_currency"),
  );
  const moved = isRefund ? "refunded" : "charged";
  const next = "Compared again every day; ends by itself once both sides agree.";
  switch (kind) {
    case "missing_here":
      return {
        title: `The gateway ${moved} ${there}, and these books do not have it. Money moved there.`,
        next,
      };
    case "missing_there":
      return {
        title: `These books say that ${here} was ${moved}, and the gateway does not have it. Perhaps no money moved.`,
        next,
      };
    case "amount_differs":
      return {
        title: `${here} was ${moved} by these books, ${there} by the gateway. Money moved; how much is in doubt.`,
        next,
      };
    default:
      return {
        title: `These books and the gateway disagree on a ${isRefund ? "refund" : "charge"}: ${lowerFirst(trimDot(text(evidence, "what") ?? "see the evidence"))}. Whether money moved is in doubt.`,
        next,
      };
  }
}

function moneyAt(evidence: Evidence, name: string): string {
  return evidenceMoney(text(evidence, name), text(evidence, "currency"));
}

function operationOf(evidence: Evidence): string {
  return lookUp(operationWords, text(evidence, "operation_kind") ?? "") ?? "a call";
}

const sentences: Partial<Record<CaseKind, (evidence: Evidence) => Sentence>> = {
  invariant_violated: (evidence) => ({
    title: `The books break a rule: ${trimDot(text(evidence, "rule") ?? "see the evidence")}.`,
    next: "Checked again every hour; ends by itself once it holds.",
  }),
  audit_broken: (evidence) => ({
    title: `The sealed audit does not hold: ${trimDot(text(evidence, "rule") ?? "see the evidence")}.`,
    next: "Checked again every hour; ends by itself once it holds.",
  }),
  gateway_refused_credentials: () => ({
    title: "The gateway refuses our keys. No money moves there until they are put right.",
    next: null,
  }),
  outcome_unknown: (evidence) => ({
    title: `The gateway has not told how ${operationOf(evidence)} of ${moneyAt(evidence, "asked")} ended. Whether money moved is not known.`,
    next: "The schedule of questions is over. Opening the payment asks the gateway again.",
  }),
  amount_mismatch: (evidence) => ({
    title: `${moneyAt(evidence, text(evidence, "asked") === null ? "refunded" : "asked")} by these books, ${evidenceMoney(text(evidence, "told"), text(evidence, "told_currency"))} as the gateway tells. Money may have moved; nothing was booked.`,
    next: "The gateway is asked on; ends by itself once it tells what was asked for.",
  }),
  excess_capture: (evidence) => ({
    title: `${moneyAt(evidence, "amount")} was taken for ${text(evidence, "order_number") ?? "an order"}, which was paid already. The shopper paid twice.`,
    next: null,
  }),
  refund_failed: (evidence) => ({
    title: `A refund of ${moneyAt(evidence, "amount")} failed${evidence["had_seemed_done"] === true ? " after it had seemed done" : ""}. No money went back.`,
    next: null,
  }),
  dispute_open: (evidence) => ({
    title: `A charge is disputed. The bank holds back ${moneyAt(evidence, "amount")}: ${lowerFirst(disputeReasonWords(text(evidence, "reason") ?? "general"))}.`,
    next: "Ends by itself when the gateway tells how the bank decided.",
  }),
  webhook_dead: (evidence) => ({
    title: `A webhook (${text(evidence, "type") ?? "type not known"}) could not be taken in. What it tells is not in these books.`,
    next: null,
  }),
  webhook_unmatched: (evidence) => ({
    title: `A webhook (${text(evidence, "type") ?? "type not known"}) is about something that these books do not have. Money may have moved there.`,
    next: null,
  }),
  authorization_expiring: (evidence) => ({
    title: `${moneyAt(evidence, "held")} is held and not taken yet. It is the shopper's again when the authorisation runs out.`,
    next: "Released by itself when its time is over.",
  }),
  message_undelivered: (evidence) => ({
    title: `Another system was not told (${text(evidence, "topic") ?? "message"}). No money is in doubt.`,
    next: null,
  }),
};

function trimDot(words: string): string {
  return words.replace(/\.$/, "");
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** What happened and whether money moved, and what happens next by itself, if anything. */
export function caseSentence(kind: CaseKind, evidence: Evidence): Sentence {
  return sentences[kind]?.(evidence) ?? reconciled(kind, evidence);
}
