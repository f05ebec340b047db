/** Every reason for which a request is refused. `lib/http/problem.ts` maps each to its status. */
export type ErrorCode =
  | "invalid_request"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "order_paid"
  | "order_in_flight"
  | "invalid_transition"
  | "order_changed"
  | "gateway_not_configured"
  | "gateway_unreachable"
  | "amount_exceeds_refundable"
  | "not_refundable"
  | "not_capturable"
  | "amount_exceeds_capturable"
  | "capture_refused"
  | "idempotency_mismatch"
  | "request_in_progress"
  | "payload_too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "email_taken"
  | "bad_signature"
  | "webhooks_closed"
  | "service_unavailable";

const paymentErrorMark = Symbol.for("tollbooth.PaymentError");

export type PaymentErrorOptions = {
  /** Messages by field path, for a form to show beside each field. */
  fields?: Record<string, string[]>;
  retryAfterSeconds?: number;
  /** Facts that are safe to give to the caller beside the message. */
  details?: Record<string, string>;
  cause?: unknown;
};

/** A refused request. `message` is written for the caller and holds nothing internal. */
export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly [paymentErrorMark] = true;
  readonly code: ErrorCode;
  readonly fields: Record<string, string[]> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Record<string, string> | undefined;

  constructor(code: ErrorCode, message: string, options: PaymentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }

  get publicMessage(): string {
    return this.message;
  }
}

/** True for a PaymentError of either copy of `lib/` in this process (`instanceof` is not). */
export function isPaymentError(error: unknown): error is PaymentError {
  return typeof error === "object" && error !== null && paymentErrorMark in error;
}

/** The one answer for what is absent and for what belongs to somebody else. */
export function notFound(): PaymentError {
  return new PaymentError("not_found", "Not found.");
}

/** A refused field, in the shape forms and the API show. */
export function invalidField(field: string, message: string): PaymentError {
  return new PaymentError("invalid_request", `${field}: ${message}`, {
    fields: { [field]: [message] },
  });
}

/** Stops on a state that only a bug can bring about. Ends as a 500 with nothing public in it. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant violated: ${message}`);
}
