import { json, type Reply, type Sabotage } from "../stand-in.ts";

/** An error in Razorpay's words: what counts is `reason`. */
export function refused(
  status: number,
  description: string,
  { reason = "input_validation_failed", field }: { reason?: string; field?: string } = {},
): Reply {
  return json(status, {
    error: {
      code: status >= 500 ? "SERVER_ERROR" : "BAD_REQUEST_ERROR",
      description,
      ...(field === undefined ? {} : { field }),
      source: "business",
      step: "payment_initiation",
      reason,
      metadata: {},
    },
  });
}

export const unknownId = (): Reply => refused(400, "The id provided does not exist");

const failures: Readonly<Record<Sabotage, () => Reply>> = {
  "500": () =>
    refused(500, "We are facing some trouble completing your request.", { reason: "server_error" }),
  internal: () =>
    refused(500, "We are facing some trouble completing your request.", { reason: "server_error" }),
  "429": () => refused(429, "Too many requests"),
  unauthorized: () => refused(401, "Authentication failed", { reason: "NA" }),
  not_found: () => refused(404, "The requested URL was not found on the server."),
  in_progress: () => refused(409, "The request is in progress", { reason: "NA" }),
  key_reused: () =>
    refused(400, "Different request with the same idempotency key", { reason: "NA" }),
};

export const failure = (kind: Sabotage): Reply => failures[kind]();
