import type { WebhookState } from "#lib/domain/webhook";
import type { Tone } from "../ui/tone.ts";

/** How an event of the inbox stands. */
export const webhookStateWords = {
  received: { label: "Waiting", tone: "info" },
  parked: { label: "Parked", tone: "warning" },
  processed: { label: "Taken in", tone: "success" },
  ignored: { label: "Ignored", tone: "neutral" },
  dead: { label: "Given up", tone: "danger" },
} as const satisfies Record<WebhookState, { label: string; tone: Tone }>;

/** What each state means. */
export const webhookStateSentences = {
  received: "It is tried by itself.",
  parked: "Nothing here carries its reference yet.",
  processed: "What it tells is in these books.",
  ignored: "Understood, and nothing to do with it.",
  dead: "It was tried too often. Replay it once the reason is gone.",
} as const satisfies Record<WebhookState, string>;

/** Which events an admin may have tried again. */
export const replayableStates: readonly WebhookState[] = ["dead", "parked"];
