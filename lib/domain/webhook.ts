/**
 * Where a webhook of the inbox stands. `received`: the worker's. `parked`: about something that is not
 * here (yet). `ignored`: understood, and nothing of ours. `dead`: tried too often.
 */
export const webhookStates = ["received", "parked", "processed", "ignored", "dead"] as const;
export type WebhookState = (typeof webhookStates)[number];
