/** PayPal's answers and errors. Codes: the lists of its published API descriptions (orders v2, payments v2). */
import { randomBytes } from "node:crypto";
import { json, type Call, type Reply } from "../stand-in.ts";

const names: Readonly<Record<number, readonly [name: string, message: string]>> = {
  400: [
    "INVALID_REQUEST",
    "Request is not well-formed, syntactically incorrect, or violates schema.",
  ],
  401: [
    "AUTHENTICATION_FAILURE",
    "Authentication failed due to missing authorization header, or invalid authentication credentials.",
  ],
  403: ["NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."],
  404: ["RESOURCE_NOT_FOUND", "The specified resource does not exist."],
  409: ["RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."],
  415: ["UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."],
  422: [
    "UNPROCESSABLE_ENTITY",
    "The requested action could not be performed, semantically incorrect, or failed business validation.",
  ],
  429: ["RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."],
  500: ["INTERNAL_SERVER_ERROR", "An internal server error has occurred."],
};

/** Issue codes with their HTTP status and what they say. */
const issues = {
  INVALID_PARAMETER_SYNTAX: [400, "The value of a field does not conform to the expected format."],
  INVALID_PARAMETER_VALUE: [400, "The value of a field is invalid."],
  INVALID_STRING_LENGTH: [400, "The value of a field is either too short or too long."],
  MALFORMED_REQUEST_JSON: [400, "The request JSON is not well formed."],
  MISSING_REQUIRED_PARAMETER: [400, "A required field / parameter is missing."],
  PAYPAL_REQUEST_ID_REQUIRED: [
    400,
    "A PayPal-Request-Id is required if you are trying to process payment for an Order.",
  ],
  PERMISSION_DENIED: [
    403,
    "You do not have permission to access or perform operations on this resource.",
  ],
  INVALID_RESOURCE_ID: [
    404,
    "Specified resource ID does not exist. Please check the resource ID and try again.",
  ],
  PREVIOUS_REQUEST_IN_PROGRESS: [
    409,
    "A previous request on this resource is currently in progress.",
  ],
  ACTION_DOES_NOT_MATCH_INTENT: [
    422,
    "Order was created with another intent than this action is for.",
  ],
  AUTHORIZATION_ALREADY_CAPTURED: [422, "Authorization has already been captured."],
  AUTHORIZATION_EXPIRED: [422, "An expired authorization cannot be captured."],
  AUTHORIZATION_VOIDED: [422, "A voided authorization cannot be captured or reauthorized."],
  AUTH_CAPTURE_CURRENCY_MISMATCH: [
    422,
    "Currency of capture must be the same as currency of authorization.",
  ],
  CANNOT_BE_VOIDED: [422, "A payment that is not yet authorized cannot be voided."],
  CANNOT_BE_ZERO_OR_NEGATIVE: [422, "Must be greater than zero."],
  CAPTURE_FULLY_REFUNDED: [422, "The capture has already been fully refunded."],
  COMPLIANCE_VIOLATION: [
    422,
    "Transaction cannot be processed due to a possible compliance violation.",
  ],
  DECIMALS_NOT_SUPPORTED: [422, "Currency does not support decimals."],
  DECIMAL_PRECISION: [
    422,
    "If the currency supports decimals, only two decimal place precision is supported.",
  ],
  DUPLICATE_INVOICE_ID: [
    422,
    "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction.",
  ],
  DUPLICATE_REQUEST_ID: [422, "The value of PayPal-Request-Id header has already been used."],
  INSTRUMENT_DECLINED: [
    422,
    "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
  ],
  INVALID_CURRENCY_CODE: [422, "Currency code is invalid or is not currently supported."],
  MAX_CAPTURE_AMOUNT_EXCEEDED: [422, "Capture amount exceeds allowable limit."],
  ORDER_ALREADY_AUTHORIZED: [422, "Order already authorized."],
  ORDER_ALREADY_CAPTURED: [422, "Order already captured."],
  ORDER_COMPLETION_IN_PROGRESS: [422, "Order is in the process of being completed."],
  ORDER_NOT_APPROVED: [422, "Payer has not yet approved the Order for payment."],
  PAYEE_ACCOUNT_RESTRICTED: [422, "Payee account is restricted."],
  PAYER_ACCOUNT_RESTRICTED: [422, "Payer account is restricted."],
  PAYER_ACTION_REQUIRED: [422, "Payer needs to perform an action before proceeding with payment."],
  PAYER_CANNOT_PAY: [
    422,
    "Combination of payer and payee settings mean that this buyer can't pay this merchant.",
  ],
  PENDING_CAPTURE: [422, "Cannot initiate a refund as the capture is pending."],
  PREVIOUSLY_CAPTURED: [
    422,
    "Authorization has been previously captured and hence cannot be voided.",
  ],
  PREVIOUSLY_VOIDED: [
    422,
    "Authorization has been previously voided and hence cannot be voided again.",
  ],
  REAUTHORIZATION_NOT_SUPPORTED: [422, "A reauthorization is not supported for this payment."],
  REFUND_AMOUNT_EXCEEDED: [
    422,
    "The refund amount must be less than or equal to the capture amount that has not yet been refunded.",
  ],
  REFUND_CAPTURE_CURRENCY_MISMATCH: [422, "Refund must be in the same currency as the capture."],
  REFUND_FAILED_INSUFFICIENT_FUNDS: [
    422,
    "Capture could not be refunded due to insufficient funds.",
  ],
  REFUND_NOT_ALLOWED: [
    422,
    "Full refund refused - partial refund has already been done on this payment.",
  ],
  REFUND_TIME_LIMIT_EXCEEDED: [
    422,
    "You are over the time limit to perform a refund on this capture.",
  ],
  TRANSACTION_BLOCKED_BY_PAYEE: [
    422,
    "The transaction was blocked by the payee's fraud protection settings.",
  ],
  TRANSACTION_REFUSED: [422, "The request was refused."],
} as const satisfies Record<string, readonly [number, string]>;

export type Issue = keyof typeof issues;

export function isIssue(text: string): text is Issue {
  return Object.hasOwn(issues, text);
}

type Place = { field?: string; value?: string; location?: "body" | "path" | "query" | "header" };
type Link = { href: string; rel: string; method: string };

function newDebugId(): string {
  return randomBytes(7).toString("hex").slice(0, 13);
}

/** A success. */
export function answer(status: number, body: unknown): Reply {
  return json(status, body, { "PayPal-Debug-Id": newDebugId() });
}

/** An error without details: it concerns the call as a whole. */
export function failure(
  status: number,
  details?: readonly object[],
  links?: readonly Link[],
): Reply {
  const [name, message] = names[status] ?? ["INTERNAL_SERVER_ERROR", ""];
  const id = newDebugId();
  const body = { name, message, debug_id: id, ...(details && { details }), links: links ?? [] };
  return json(status, body, { "PayPal-Debug-Id": id });
}

/** An error by its issue code. */
export function refuse(issue: Issue, place: Place = {}, links: readonly Link[] = []): Reply {
  const [status, description] = issues[issue];
  const about = `https://developer.paypal.com/api/rest/reference/orders/v2/errors/#${issue}`;
  return failure(
    status,
    [{ ...place, issue, description }],
    [...links, { href: about, rel: "information_link", method: "GET" }],
  );
}

/** Thrown where a handler ends with an error. */
export class PayPalRefusal extends Error {
  readonly reply: Reply;

  constructor(issue: Issue, place: Place = {}, links: readonly Link[] = []) {
    super(issue);
    this.reply = refuse(issue, place, links);
  }
}

/** True where the caller asked for whole resources in the answer. */
export function wantsRepresentation({ headers }: Call): boolean {
  return headers["prefer"] === "return=representation";
}

/**
 * The sandbox's negative testing: the issue that the caller's header asks for. Unknown ones are ignored, as
 * at PayPal. Source: developer.paypal.com/tools/sandbox/negative-testing/request-headers.
 */
export function askedForIssue({ headers }: Call): Issue | null {
  const asked = headers["paypal-mock-response"];
  if (typeof asked !== "string") return null;
  const code = /"mock_application_codes"\s*:\s*\[?\s*"([A-Z_]{1,80})"/.exec(asked)?.[1];
  return code !== undefined && isIssue(code) ? code : null;
}
