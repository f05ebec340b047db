import type { Tone } from "../ui/tone.ts";
import { lookUp } from "./look-up.ts";
import { declineWords } from "./words.ts";

/** One thing that happened to a transaction or a refund, as the use case tells it. */
export type Event = {
  at: Date;
  entity: "transaction" | "refund";
  entityId: string;
  action: string;
  fromStatus: string | null;
  toStatus: string | null;
  who: string | null;
  reason: string;
};

type Words = { label: string; tone: Tone; note: string | null };

const transactionEvents: Readonly<Record<string, Omit<Words, "note"> & { note?: string }>> = {
  intent_created: { label: "Payment started", tone: "neutral" },
  charge_started: { label: "Asked the bank to charge the card", tone: "info" },
  captured: { label: "Paid", tone: "success" },
  excess_capture: {
    label: "Paid, though the order was paid already",
    tone: "danger",
    note: "This money was taken in excess. Staff will see to it.",
  },
  action_required: { label: "The bank asked the card holder to confirm", tone: "warning" },
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

const refundEvents: Readonly<Record<string, Omit<Words, "note">>> = {
  refund_started: { label: "Refund requested", tone: "info" },
  refunded: { label: "Refunded", tone: "success" },
  failed: { label: "Refund failed", tone: "danger" },
};

function refundWords(event: Event): Words {
  const known = lookUp(refundEvents, event.action) ?? lookUp(transactionEvents, event.action);
  return {
    label: known?.label ?? "Refund updated",
    tone: known?.tone ?? "neutral",
    note: event.reason === "" ? null : event.reason,
  };
}

/** A sentence for an event; one not known here is told by the status it led to. */
export function timelineWords(event: Event): Words {
  if (event.entity === "refund") return refundWords(event);
  const known = lookUp(transactionEvents, event.action);
  if (known !== undefined)
    return { label: known.label, tone: known.tone, note: known.note ?? null };
  if (event.toStatus === "failed") {
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
  return { label: "Updated", tone: "neutral", note: null };
}

const parts: Readonly<Record<string, string>> = {
  janitor: "by the automatic check",
  read: "when somebody looked",
  worker: "by the worker",
};

/** Who did it, for staff: an e-mail, or the part of the system in words. */
export function whoWords(who: string | null): string | null {
  if (who === null) return null;
  return lookUp(parts, who) ?? `by ${who}`;
}
