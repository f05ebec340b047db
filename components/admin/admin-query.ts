import { caseKinds, type CaseKind } from "#lib/domain/case";
import {
  disputeStatuses,
  gatewayNames,
  type DisputeStatus,
  type GatewayName,
} from "#lib/domain/payment";
import { webhookStates, type WebhookState } from "#lib/domain/webhook";
import { readOne, readOneOf, type RawQuery } from "../transactions/transaction-query.ts";

// The filters of the dashboard's lists, as their addresses hold them. What is not known is left out rather
// than refused: an address may be old.

export type CaseQuery = {
  kind: CaseKind | undefined;
  status: "open" | "resolved";
  cursor: string | undefined;
};

export function readCaseQuery(raw: RawQuery): CaseQuery {
  return {
    kind: readOneOf(caseKinds, readOne(raw, "kind")),
    status: readOneOf(["open", "resolved"] as const, readOne(raw, "status")) ?? "open",
    cursor: readOne(raw, "cursor"),
  };
}

export type WebhookQuery = {
  state: WebhookState | undefined;
  gateway: GatewayName | undefined;
  cursor: string | undefined;
};

export function readWebhookQuery(raw: RawQuery): WebhookQuery {
  return {
    state: readOneOf(webhookStates, readOne(raw, "state")),
    gateway: readOneOf(gatewayNames, readOne(raw, "gateway")),
    cursor: readOne(raw, "cursor"),
  };
}

/** `open`: not decided, by deadline. */
export type DisputeQuery = {
  status: DisputeStatus | "open" | "any";
  cursor: string | undefined;
};

export function readDisputeQuery(raw: RawQuery): DisputeQuery {
  const statuses = ["open", "any", ...disputeStatuses] as const;
  return {
    status: readOneOf(statuses, readOne(raw, "status")) ?? "open",
    cursor: readOne(raw, "cursor"),
  };
}
