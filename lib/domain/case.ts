/**
 * What waits for a person, most urgent first. An `alert` says that a rule of the books is broken; the
 * other kinds are work.
 */
export const caseKinds = [
  "invariant_violated",
  "audit_broken",
  "gateway_refused_credentials",
  "outcome_unknown",
  "amount_mismatch",
  "excess_capture",
  "refund_failed",
  "dispute_open",
  "missing_here",
  "missing_there",
  "amount_differs",
  "status_differs",
  "webhook_dead",
  "webhook_unmatched",
  "authorization_expiring",
  "message_undelivered",
] as const;
export type CaseKind = (typeof caseKinds)[number];

/** Kinds that make health `degraded` while one is open. */
export const alertKinds: readonly CaseKind[] = ["invariant_violated", "audit_broken"];

/** Kinds that come of comparing a gateway's list with ours. */
export const reconciliationKinds: readonly CaseKind[] = [
  "missing_here",
  "missing_there",
  "amount_differs",
  "status_differs",
];

/** How a case ended. `cleared`: it was found to be so no longer, with nobody's help. */
export const caseResolutions = [
  "adopted",
  "refunded",
  "retried",
  "replayed",
  "dismissed",
  "cleared",
] as const;
export type CaseResolution = (typeof caseResolutions)[number];
