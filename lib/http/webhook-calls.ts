import { z } from "zod";
import type { Call } from "./call.ts";
import { problem } from "./described-problem.ts";
import * as body from "./schemas.ts";
import * as view from "./view-schemas.ts";

/** What gateways send, and what staff do about it. */
export const webhookCalls = {
  receiveWebhook: {
    method: "POST",
    path: "/api/payment/webhooks/{gateway}/",
    summary: "What a gateway tells by itself, signed by its secret",
    auth: "public",
    limit: "webhook",
    params: body.gatewayParams,
    rawBody: { maxBytes: 1024 * 1024 },
    answers: {
      200: { description: "Stored, or known already.", schema: view.receivedView },
      400: problem("The signature does not hold, or is too old."),
      503: problem("No secret is configured: the endpoint is closed."),
    },
  },
  listWebhookEvents: {
    method: "GET",
    path: "/api/payment/webhook-events/",
    summary: "What gateways told us, newest first, and what became of it",
    auth: "staff",
    limit: "read",
    query: body.webhookEventsQuery,
    answers: {
      200: {
        description: "One page; `Link` leads to the next.",
        schema: z.array(view.webhookEventView),
      },
    },
  },
  replayWebhook: {
    method: "POST",
    path: "/api/payment/webhook-events/{id}/replay/",
    summary: "Have a webhook processed again that came to nothing",
    auth: "admin",
    limit: "write",
    params: body.rowParams,
    answers: {
      200: { description: "It waits to be processed.", schema: view.webhookEventView },
      409: problem("It was processed, or waits to be."),
    },
  },
} as const satisfies Record<string, Call>;
