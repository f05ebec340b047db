import { isDatabaseUnavailable } from "../db/client.ts";
import { isPaymentError, PaymentError, type ErrorCode } from "../domain/errors.ts";

/** `detail`: the request was refused. `error`: a payment or refund ran into something. */
type Problem = { status: number; shape: "detail" | "error" };

/** The one place that says which status and shape a refusal has. */
export const problems = {
  invalid_request: { status: 400, shape: "detail" },
  unauthenticated: { status: 401, shape: "detail" },
  forbidden: { status: 403, shape: "detail" },
  not_found: { status: 404, shape: "detail" },
  method_not_allowed: { status: 405, shape: "detail" },
  conflict: { status: 409, shape: "detail" },
  order_paid: { status: 409, shape: "detail" },
  order_in_flight: { status: 409, shape: "detail" },
  invalid_transition: { status: 409, shape: "detail" },
  order_changed: { status: 409, shape: "detail" },
  gateway_not_configured: { status: 400, shape: "error" },
  gateway_unreachable: { status: 502, shape: "error" },
  amount_exceeds_refundable: { status: 400, shape: "error" },
  not_refundable: { status: 409, shape: "detail" },
  not_capturable: { status: 409, shape: "detail" },
  amount_exceeds_capturable: { status: 400, shape: "error" },
  capture_refused: { status: 402, shape: "error" },
  idempotency_mismatch: { status: 422, shape: "detail" },
  request_in_progress: { status: 409, shape: "detail" },
  payload_too_large: { status: 413, shape: "detail" },
  unsupported_media_type: { status: 415, shape: "detail" },
  rate_limited: { status: 429, shape: "detail" },
  email_taken: { status: 409, shape: "detail" },
  bad_signature: { status: 400, shape: "detail" },
  webhooks_closed: { status: 503, shape: "detail" },
  service_unavailable: { status: 503, shape: "detail" },
} as const satisfies Record<ErrorCode, Problem>;

// What a caller waits who was not told how long: long enough for a database to come back.
const defaultRetryAfterSeconds = 2;

/** A failed request as a caller sees it, and whether the log should hold what it came from. */
export type ProblemAnswer = { response: Response; code: string; isUnexpected: boolean };

/** Turns whatever a handler threw into an answer. Nothing internal is in it. */
export function problemAnswer(thrown: unknown): ProblemAnswer {
  if (isPaymentError(thrown)) return refusal(thrown);
  if (isDatabaseUnavailable(thrown)) {
    const away = new PaymentError(
      "service_unavailable",
      "The service is unavailable. Try again shortly.",
      {
        cause: thrown,
      },
    );
    return { ...refusal(away), isUnexpected: true };
  }
  const body = { detail: "Internal server error.", code: "internal_error" };
  return { response: Response.json(body, { status: 500 }), code: body.code, isUnexpected: true };
}

function refusal(error: PaymentError): ProblemAnswer {
  const { status, shape } = problems[error.code];
  const body = {
    [shape]: error.publicMessage,
    code: error.code,
    ...(error.fields === undefined ? {} : { errors: error.fields }),
    ...error.details,
  };
  const headers = new Headers();
  const retryAfterSeconds =
    error.retryAfterSeconds ?? (status === 503 ? defaultRetryAfterSeconds : undefined);
  if (retryAfterSeconds !== undefined) headers.set("Retry-After", String(retryAfterSeconds));
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  return {
    response: Response.json(body, { status, headers }),
    code: error.code,
    isUnexpected: false,
  };
}
