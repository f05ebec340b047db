// Captures and releases of what is held: developer.paypal.com/api/payments/v2 (authorizations).
import { toGatewayDecimal } from "../amounts.ts";
import { declined } from "../declined.ts";
import type {
  CaptureRequest,
  Gateway,
  GatewayAccount,
  LookupOutcome,
  Outcome,
} from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { busyIssues } from "./declines.ts";
import { callPayPal, unanswered } from "./paypal-api.ts";
import {
  asQuestion,
  authorizationSchema,
  captureOutcome,
  captureSchema,
  isOver,
  readAs,
  readOrder,
  unreadable,
  type Capture,
} from "./paypal-outcomes.ts";

type Account = GatewayAccount;

function holdPath({ chargeReference }: CaptureRequest): string {
  return `/v2/payments/authorizations/${encodeURIComponent(chargeReference)}`;
}

async function capture(account: Account, request: CaptureRequest): Promise<Outcome> {
  const { amountMinor, currency, gatewayKey } = request;
  const rule = currencies[currency];
  const value = rule ? toGatewayDecimal(amountMinor, currency, rule) : null;
  if (value === null) return declined("capture_refused", null);
  const answer = await callPayPal(account, {
    method: "POST",
    path: `${holdPath(request)}/capture`,
    requestId: gatewayKey,
    body: { amount: { currency_code: currency, value }, final_capture: true },
  });
  if (answer.kind === "success") {
    const made = readAs(captureSchema, answer.data);
    return made ? capturedOutcome(made) : unreadable;
  }
  return answer.kind === "refused" ? afterRefusal(account, request, answer.issue) : answer;
}

/** From a capture on, refunds name it and not the hold. */
function capturedOutcome(made: Capture): Outcome {
  const outcome = captureOutcome(made);
  if (outcome.kind === "succeeded") return { ...outcome, chargeReference: outcome.reference };
  return outcome.kind === "declined" ? declined("capture_refused", outcome.reference) : outcome;
}

/** Why PayPal will not: what was done already is told as what it is, what is gone as gone. */
async function afterRefusal(
  account: Account,
  request: CaptureRequest,
  issue: string,
): Promise<Outcome> {
  if (busyIssues.has(issue)) return { kind: "unknown", detail: issue };
  const state = await lookup(account, request);
  return state.kind === "absent" ? declined("capture_refused", null) : asQuestion(state);
}

async function release(account: Account, request: CaptureRequest): Promise<Outcome> {
  const { chargeReference: reference, amountMinor, currency, gatewayKey } = request;
  const answer = await callPayPal(account, {
    method: "POST",
    path: `${holdPath(request)}/void`,
    requestId: gatewayKey,
  });
  if (answer.kind === "success") {
    return { kind: "succeeded", reference, amountMinor, currency, card: null };
  }
  if (answer.kind !== "refused") return answer;
  const state = await afterRefusal(account, request, answer.issue);
  // It was captured: nothing is left to be released.
  return state.kind === "succeeded" ? declined("capture_refused", null) : state;
}

/**
 * What became of a capture or void. PayPal tells of neither by its key, but a hold is captured once at
 * most here, and one that is neither captured nor released was not touched.
 */
async function lookup(account: Account, request: CaptureRequest): Promise<LookupOutcome> {
  const answer = await callPayPal(account, { method: "GET", path: holdPath(request) });
  if (answer.kind === "refused") return unanswered({ detail: answer.issue });
  if (answer.kind !== "success") return unanswered(answer);
  const hold = readAs(authorizationSchema, answer.data);
  switch (hold?.status) {
    case "CREATED":
      return { kind: "absent" };
    case "VOIDED":
      return declined(isOver(hold) ? "authorization_expired" : "voided", hold.id);
    case "CAPTURED":
    case "PARTIALLY_CAPTURED":
      return findCapture(account, request);
    case "PENDING":
      return { kind: "unknown", detail: "the hold is pending" };
    default:
      return unreadable;
  }
}

async function findCapture(account: Account, request: CaptureRequest): Promise<Outcome> {
  const { intentReference, chargeReference, merchantReference } = request;
  const path = `/v2/checkout/orders/${encodeURIComponent(intentReference ?? "")}`;
  const answer = await callPayPal(account, { method: "GET", path });
  if (answer.kind === "refused") return unanswered({ detail: answer.issue });
  if (answer.kind !== "success") return unanswered(answer);
  const order = readOrder(answer.data, merchantReference);
  if (!order) return unreadable;
  const made = order.purchase_units
    .flatMap(({ payments }) => payments?.captures ?? [])
    .filter(({ supplementary_data: more }) => {
      const of = more?.related_ids?.authorization_id;
      return of === undefined || of === chargeReference;
    })
    .map(capturedOutcome);
  return (
    made.find(({ kind }) => kind !== "declined") ??
    made.at(-1) ?? { kind: "unknown", detail: "captured without a capture" }
  );
}

export const holds: NonNullable<Gateway["holds"]> = { capture, void: release, lookup };
