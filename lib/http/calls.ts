import { z } from "zod";
import { accountCalls } from "./account-calls.ts";
import type { Call } from "./call.ts";
import { caseCalls } from "./case-calls.ts";
import { paymentProblem, problem } from "./described-problem.ts";
import { gatewayCalls } from "./gateway-calls.ts";
import { sandboxCalls } from "./sandbox-calls.ts";
import * as body from "./schemas.ts";
import * as view from "./view-schemas.ts";
import { webhookCalls } from "./webhook-calls.ts";

// Every call of the API. A route runs by its entry here and the OpenAPI document is made of all of them,
// so neither can say what the other does not.

export const calls = {
  ...webhookCalls,
  ...caseCalls,
  ...accountCalls,
  ...gatewayCalls,
  ...sandboxCalls,
  listConfigurations: {
    method: "GET",
    path: "/api/payment/configurations/",
    summary: "The gateways one can pay with",
    auth: "user",
    limit: "read",
    answers: {
      200: { description: "The active configurations.", schema: z.array(view.configurationView) },
    },
  },
  listTransactions: {
    method: "GET",
    path: "/api/payment/transactions/",
    summary: "Transactions, newest first: one's own, or everybody's for staff",
    auth: "user",
    limit: "read",
    query: body.transactionsQuery,
    answers: {
      200: {
        description: "One page; `Link` leads to the next.",
        schema: z.array(view.transactionView),
      },
    },
  },
  getTransaction: {
    method: "GET",
    path: "/api/payment/transactions/{transaction_id}/",
    summary: "One transaction",
    auth: "user",
    limit: "read",
    params: body.transactionParams,
    answers: { 200: { description: "The transaction.", schema: view.transactionView } },
  },
  createIntent: {
    method: "POST",
    path: "/api/payment/create-intent/",
    summary: "Prepare the payment of an order by one gateway",
    auth: "user",
    limit: "write",
    body: body.createIntentBody,
    idempotent: true,
    answers: {
      200: {
        description: "An open intent of this order and gateway was there.",
        schema: view.intentView,
      },
      201: { description: "The new intent.", schema: view.intentView },
      400: paymentProblem("The gateway is not available, or a field is wrong."),
      404: problem("No such order of yours."),
      409: problem("The order is paid already, or the gateway takes no such payment."),
      502: paymentProblem("The gateway was not reached; nothing was charged."),
    },
  },
  processPayment: {
    method: "POST",
    path: "/api/payment/process/",
    summary: "Charge a transaction, once, however often it is called",
    auth: "user",
    limit: "write",
    body: body.processBody,
    idempotent: true,
    answers: {
      200: {
        description: "Paid, or the shopper has to confirm.",
        schema: z.union([view.paidView, view.authorizedView, view.actionRequiredView]),
      },
      202: {
        description: "The outcome is not known yet; the transaction will tell.",
        schema: view.processingView,
      },
      402: { description: "Declined.", schema: view.declinedView },
      404: problem("No such transaction of yours."),
      409: problem("It failed or was cancelled, or the order is being paid or paid otherwise."),
      502: paymentProblem("The gateway was not reached; nothing was charged."),
    },
  },
  cancelPayment: {
    method: "POST",
    path: "/api/payment/cancel/",
    summary: "Give up a payment that waits for the shopper",
    auth: "user",
    limit: "write",
    body: body.cancelBody,
    idempotent: true,
    answers: {
      200: {
        description: "Cancelled, or how it had ended before.",
        schema: view.cancelledView,
      },
      202: { description: "The outcome is not known yet.", schema: view.cancelledView },
      404: problem("No such transaction of yours."),
    },
  },
  refundTransaction: {
    method: "POST",
    path: "/api/payment/refund/",
    summary: "Give money back: a part, or all that is left",
    auth: "user",
    limit: "write",
    body: body.refundBody,
    idempotent: true,
    answers: {
      201: { description: "The refund.", schema: view.refundView },
      400: paymentProblem("More than is left, or a field is wrong."),
      403: problem("Only an admin may refund."),
      404: problem("No such transaction."),
      409: problem("The transaction took no money."),
      502: paymentProblem("The gateway was not reached; nothing was refunded."),
    },
  },
  captureTransaction: {
    method: "POST",
    path: "/api/payment/capture/",
    summary: "Take what is held for a payment: a part, or all of it",
    auth: "user",
    limit: "write",
    body: body.captureBody,
    idempotent: true,
    answers: {
      200: { description: "Captured.", schema: view.holdMovedView },
      202: { description: "The outcome is not known yet.", schema: view.holdMovedView },
      400: paymentProblem("More than is held, or a field is wrong."),
      402: paymentProblem("The gateway refused."),
      403: problem("Only an admin may capture."),
      404: problem("No such transaction."),
      409: problem("Nothing is held, or another capture or release is under way."),
      502: paymentProblem("The gateway was not reached; nothing was captured."),
    },
  },
  voidTransaction: {
    method: "POST",
    path: "/api/payment/void/",
    summary: "Release what is left of what is held for a payment",
    auth: "user",
    limit: "write",
    body: body.voidBody,
    idempotent: true,
    answers: {
      200: { description: "Released.", schema: view.holdMovedView },
      202: { description: "The outcome is not known yet.", schema: view.holdMovedView },
      402: paymentProblem("The gateway refused."),
      403: problem("Only an admin may release."),
      404: problem("No such transaction."),
      409: problem("Nothing is held, or another capture or release is under way."),
      502: paymentProblem("The gateway was not reached; nothing was released."),
    },
  },
  listRefunds: {
    method: "GET",
    path: "/api/payment/refunds/",
    summary: "Refunds, newest first",
    auth: "user",
    limit: "read",
    query: body.refundsQuery,
    answers: {
      200: { description: "One page; `Link` leads to the next.", schema: z.array(view.refundView) },
    },
  },
  getRefund: {
    method: "GET",
    path: "/api/payment/refunds/{refund_id}/",
    summary: "One refund",
    auth: "user",
    limit: "read",
    params: body.refundParams,
    answers: { 200: { description: "The refund.", schema: view.refundView } },
  },
  listDisputes: {
    method: "GET",
    path: "/api/payment/disputes/",
    summary: "Disputes, newest first",
    auth: "staff",
    limit: "read",
    query: body.disputesQuery,
    answers: {
      200: {
        description: "One page; `Link` leads to the next.",
        schema: z.array(view.disputeView),
      },
      403: problem("Staff only."),
    },
  },
  createOrder: {
    method: "POST",
    path: "/api/orders/",
    summary: "Order parts of the catalogue; an admin may write an order for anyone",
    auth: "user",
    limit: "write",
    body: body.createOrderBody,
    idempotent: true,
    answers: {
      201: { description: "The order.", schema: view.orderView },
      403: problem("Only an admin may order for others."),
    },
  },
  listOrders: {
    method: "GET",
    path: "/api/orders/",
    summary: "Orders, newest first: one's own, or everybody's for staff",
    auth: "user",
    limit: "read",
    query: body.pagingQuery,
    answers: {
      200: { description: "One page; `Link` leads to the next.", schema: z.array(view.orderView) },
    },
  },
  getOrder: {
    method: "GET",
    path: "/api/orders/{order_number}/",
    summary: "One order",
    auth: "user",
    limit: "read",
    params: body.orderParams,
    answers: { 200: { description: "The order.", schema: view.orderView } },
  },
  listProducts: {
    method: "GET",
    path: "/api/products/",
    summary: "The catalogue",
    auth: "public",
    limit: "read",
    answers: { 200: { description: "Every part.", schema: z.array(view.productView) } },
  },
  getHealth: {
    method: "GET",
    path: "/api/health/",
    summary: "Whether the service can take payments",
    auth: "public",
    limit: "read",
    answers: {
      200: { description: "It can.", schema: view.healthView },
      503: { description: "It cannot.", schema: view.healthView },
    },
  },
  getOpenApi: {
    method: "GET",
    path: "/api/openapi.json",
    summary: "This document",
    auth: "public",
    limit: "read",
    answers: { 200: { description: "OpenAPI 3.1.", schema: z.record(z.string(), z.unknown()) } },
  },
} as const satisfies Record<string, Call>;
