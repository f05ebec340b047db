import { z } from "zod";
import type { Call } from "./call.ts";
import { paymentProblem, problem } from "./described-problem.ts";
import * as body from "./schemas.ts";
import * as view from "./view-schemas.ts";

/** What waits for a person, and the comparison with gateways' own lists that finds some of it. */
export const caseCalls = {
  listCases: {
    method: "GET",
    path: "/api/payment/cases/",
    summary: "What waits for a person, or did, newest first",
    auth: "staff",
    limit: "read",
    query: body.casesQuery,
    answers: {
      200: { description: "One page; `Link` leads to the next.", schema: z.array(view.caseView) },
      403: problem("Staff only."),
    },
  },
  resolveCase: {
    method: "POST",
    path: "/api/payment/cases/{id}/resolve/",
    summary: "Adopt what the gateway says at this moment, or dismiss the case with a note",
    auth: "admin",
    limit: "write",
    params: body.rowParams,
    body: body.resolveCaseBody,
    idempotent: true,
    answers: {
      200: { description: "The case as it ended.", schema: view.caseView },
      400: problem("The resolution does not fit the case, or a field is missing or wrong."),
      403: problem("Only an admin may resolve a case."),
      404: problem("No such case."),
      409: problem("It is closed already, or both sides differ still."),
      502: paymentProblem("The gateway could not be asked; nothing was changed."),
    },
  },
  reconcile: {
    method: "POST",
    path: "/api/payment/reconcile/",
    summary: "Compare the gateways' own lists with ours now",
    auth: "admin",
    limit: "write",
    body: body.reconcileBody,
    idempotent: true,
    answers: {
      200: {
        description: "A run for each gateway; what differs is a case.",
        schema: view.reconciledView,
      },
      400: paymentProblem("The gateway is not available or has no list, or a field is wrong."),
      403: problem("Only an admin may compare."),
      409: problem("It is being compared already."),
    },
  },
  listReconciliations: {
    method: "GET",
    path: "/api/payment/reconciliations/",
    summary: "The comparisons that were made, newest first",
    auth: "staff",
    limit: "read",
    query: body.reconciliationsQuery,
    answers: {
      200: {
        description: "One page; `Link` leads to the next.",
        schema: z.array(view.reconciliationView),
      },
      403: problem("Staff only."),
    },
  },
} as const satisfies Record<string, Call>;
