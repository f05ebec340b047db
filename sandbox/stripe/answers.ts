/** Stripe's answers: errors in its words, and the headers that stand around every answer. */
import { randomBytes } from "node:crypto";
import { json, type Call, type Context, type Reply, type Route } from "../stand-in.ts";

export type ErrorBody = {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  charge?: string;
  payment_intent?: Record<string, unknown>;
  payment_method?: Record<string, unknown>;
  setup_intent?: Record<string, unknown>;
};

/** A call that is refused before anything was done. */
export class StripeRefusal extends Error {
  override readonly name = "StripeRefusal";
  readonly status: number;
  readonly error: ErrorBody;

  constructor(status: number, error: ErrorBody) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

/** 400 `invalid_request_error`. */
export function invalid(
  message: string,
  more: Omit<ErrorBody, "type" | "message"> = {},
): StripeRefusal {
  return new StripeRefusal(400, { type: "invalid_request_error", message, ...more });
}

/** 404 of an object that is not there. */
export function missing(what: string, id: string, param = "id"): StripeRefusal {
  return new StripeRefusal(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    param,
    message: `No such ${what}: '${id}'`,
  });
}

export function requestHeaders(): Record<string, string> {
  return { "request-id": `req_${randomBytes(7).toString("hex")}` };
}

export function failed(status: number, error: ErrorBody): Reply {
  const { code } = error;
  const doc = code ? { doc_url: `https://stripe.com/docs/error-codes/${code}` } : {};
  return json(status, { error: { ...error, ...doc } }, requestHeaders());
}

/** What a handler of an API route gives: the body of a 200, or a whole answer. */
type Work = (context: Context, call: Call) => Promise<Record<string, unknown> | Reply>;

function isReply(value: Record<string, unknown> | Reply): value is Reply {
  return "status" in value && typeof value["status"] === "number" && "body" in value;
}

/** A route of the API. */
export function apiRoute(work: Work, more: Omit<Route, "handle"> = {}): Route {
  return {
    ...more,
    handle: async (context, call) => {
      try {
        const result = await work(context, call);
        return isReply(result) ? result : json(200, result, apiHeaders(call));
      } catch (error) {
        if (error instanceof StripeRefusal) return failed(error.status, error.error);
        throw error;
      }
    },
  };
}

function apiHeaders({ headers }: Call): Record<string, string> {
  const key = headers["idempotency-key"];
  return {
    ...requestHeaders(),
    "stripe-version": String(headers["stripe-version"] ?? apiVersion),
    ...(typeof key === "string" ? { "idempotency-key": key } : {}),
  };
}

export const apiVersion = "2026-10-28.endive";
