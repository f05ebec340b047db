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
  authorizationSchema,
  captureOutcome,
  captureSchema,
  isOver,
  readAs,
  readOrder,
  unreadable,
  type Authorization,
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

/** What is gone is told as gone. A hold that another request captured is captured no more: that is refused. */
async function afterRefusal(
  account: Account,
  request: CaptureRequest,
  issue: string,
): Promise<Outcome> {
  if (busyIssues.has(issue)) return { kind: "unknown", detail: issue };
  const state = await lookup(account, request);
  const isOfAnother = state.kind === "absent" || (state.kind === "succeeded" && !isVoid(request));
  return isOfAnother ? declined("capture_refused", null) : state;
}

const isVoid = ({ move }: CaptureRequest): boolean => move === "void";

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
  return afterRefusal(account, { ...request, move: "void" }, answer.issue);
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
      return releasedOutcome(hold, request);
    case "CAPTURED":
    case "PARTIALLY_CAPTURED":
      return isVoid(request) ? declined("capture_refused", hold.id) : findCapture(account, request);
    case "PENDING":
      return { kind: "unknown", detail: "the hold is pending" };
    default:
      return unreadable;
  }
}

/** Whoever let go of it: that is what a release was asked for, and the end of a capture. */
function releasedOutcome(hold: Authorization, request: CaptureRequest): Outcome {
  if (isOver(hold)) return declined("authorization_expired", hold.id);
  if (!isVoid(request)) return declined("voided", hold.id);
  const { amountMinor, currency } = request;
  return { kind: "succeeded", reference: hold.id, amountMinor, currency, card: null };
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
