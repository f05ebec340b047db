import { gatewayDeadlineMs } from "./call-gateway.ts";

const minute = 60_000;
const hour = 60 * minute;

/**
 * When an operation is asked about, counted from the last time: first after half a minute, which is
 * longer than any gateway call may take, then ever more rarely. Then a person sees it.
 */
const delaysMs = [
  30_000,
  2 * minute,
  10 * minute,
  hour,
  6 * hour,
  24 * hour,
  24 * hour,
  24 * hour,
] as const;

/** How long an operation belongs to its opener: the call's deadline and time to write the outcome. */
export const leaseMs = gatewayDeadlineMs + 10_000;

/** When the janitor first looks at an operation that nobody settled. */
export const firstCheckMs = delaysMs[0];

/** Milliseconds until the next question after `checks` questions, or null when the schedule is over. */
export function nextCheckMs(checks: number): number | null {
  return delaysMs[checks] ?? null;
}
