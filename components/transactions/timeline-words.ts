import type { Tone } from "../ui/tone.ts";
import { lookUp } from "./look-up.ts";
import { declineWords, disputeReasonWords, wordsOfCode } from "./words.ts";

/** One thing that happened to a transaction or a refund, as the use case tells it. */
export type Event = {
  at: Date;
  entity: "transaction" | "refund" | "dispute";
  entityId: string;
  action: string;
  fromStatus: string | null;
  toStatus: string | null;
  who: string | null;
  reason: string;
};

type Words = { label: string; tone: Tone; note: string | null };

type Known = Readonly<Record<string, Omit<Words, "note"> & { note?: string }>>;

const transactionEvents: Known = {
  intent_created: { label: "Payment started", tone: "neutral" },
  charge_started: { label: "Sent to the payment service", tone: "info" },
  account_changed: { label: "Another account of the payment service took over", tone: "neutral" },
  captured: { label: "Paid", tone: "success" },
  authorized: {
    label: "Authorised: the bank set the money aside",
    tone: "success",
    note: "Nothing was charged yet.",
  },
  capture_started: { label: "Asked the bank for the money that is set aside", tone: "info" },
  capture_refused: {
    label: "The bank refused the capture",
    tone: "danger",
    note: "Nothing was charged by it.",
  },
  capture_not_sent: {
    label: "The payment service could not be reached for the capture",
    tone: "warning",
    note: "Nothing was charged by it.",
  },
  void_started: { label: "Asked the bank to let the money go", tone: "info" },
  voided: { label: "Released: the bank let the money go", tone: "neutral" },
  void_refused: {
    label: "The bank refused to let the money go",
    tone: "warning",
    note: "It is still set aside.",
  },
  void_not_sent: {
    label: "The payment service could not be reached for the release",
    tone: "warning",
    note: "The money is still set aside.",
  },
  authorization_expired: {
    label: "The time of the authorisation ran out",
    tone: "warning",
    note: "The bank let the money go. What was not charged until then never will be.",
  },
  refund_failed: {
    label: "The amount of the failed refund is with the shop again",
    tone: "warning",
  },
  excess_capture: {
    label: "Paid, though the order was paid already",
    tone: "danger",
    note: "This money was taken in excess. Staff will see to it.",
  },
  action_required: { label: "Waits for the shopper to confirm", tone: "warning" },
  shopper_done: { label: "Confirmed by the shopper; the outcome is asked for", tone: "info" },
  not_sent: {
    label: "The payment service could not be reached",
    tone: "warning",
    note: "Nothing was charged.",
  },
  outcome_unknown: {
    label: "The answer got lost on the way",
    tone: "warning",
    note: "We keep asking the bank how it ended. It will not be charged twice.",
  },
  needs_a_person: { label: "A person has to look into this", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral", note: "Nothing was charged." },
};

const refundEvents: Known = {
  refund_started: { label: "Refund requested", tone: "info" },
  refund_taken_in: { label: "A refund made at the payment service was taken in", tone: "info" },
  refunded: { label: "Refunded", tone: "success" },
  failed: { label: "Refund failed", tone: "danger" },
  failed_later: {
    label: "The refund failed after it had seemed done",
    tone: "danger",
  },
  not_sent: {
    label: "The payment service could not be reached",
    tone: "warning",
    note: "Nothing was refunded.",
  },
};

const disputeEvents: Known = {
  dispute_opened: { label: "The card holder disputes the charge", tone: "danger" },
  dispute_needs_response: { label: "The dispute needs an answer", tone: "danger" },
  dispute_under_review: { label: "The dispute was answered; the bank decides", tone: "info" },
  dispute_won: { label: "The dispute was won: the money came back", tone: "success" },
  dispute_lost: {
    label: "The dispute was lost: the money stays with the card holder",
    tone: "danger",
  },
};

/** By the status that it led to, else by its own name as words. */
function unknownWords(event: Event): Words {
  if (event.entity === "transaction" && event.toStatus === "failed") {
    return {
      label: declineWords(event.action).title,
      tone: "danger",
      note: "Nothing was charged.",
    };
  }
  if (event.toStatus === "refunded")
    return { label: "Fully refunded", tone: "neutral", note: null };
  if (event.toStatus === "partially_refunded")
    return { label: "Partly refunded", tone: "neutral", note: null };
  return { label: wordsOfCode(event.action) || "Updated", tone: "neutral", note: null };
}

/** A sentence for an event; one not known here is told by the status it led to, or by its name. */
export function timelineWords(event: Event): Words {
  if (event.entity === "dispute") {
    const known = lookUp(disputeEvents, event.action);
    const note = event.reason === "" ? null : disputeReasonWords(event.reason);
    return { ...(known ?? unknownWords(event)), note };
  }
  if (event.entity === "refund") {
    const known = lookUp(refundEvents, event.action) ?? lookUp(transactionEvents, event.action);
    const note = event.reason === "" ? (known?.note ?? null) : event.reason;
    return { ...(known ?? unknownWords(event)), note };
  }
  // A manual payment was authorised before: what is new is that its money was taken.
  if (event.action === "captured" && event.fromStatus !== "processing") return capturedWords(event);
  const known = lookUp(transactionEvents, event.action);
  return known === undefined ? unknownWords(event) : { note: null, ...known };
}

function capturedWords(event: Event): Words {
  if (event.fromStatus === "authorized")
    return { label: "Charged what was set aside, or a part of it", tone: "success", note: null };
  if (event.fromStatus === null)
    return { label: "Charged another part of what was set aside", tone: "success", note: null };
  return { label: "Paid", tone: "success", note: null };
}

const parts: Readonly<Record<string, string>> = {
  janitor: "by the automatic check",
  read: "when somebody looked",
  worker: "by the worker",
  webhook: "told by the gateway",
  "hold-watch": "by the watch of authorisations",
  reconciliation: "by the comparison with the gateway",
  books: "by the hourly check",
};

/** Who did it, for staff: an e-mail, or the part of the system in words. */
export function whoWords(who: string | null): string | null {
  if (who === null) return null;
  return lookUp(parts, who) ?? `by ${who}`;
}
