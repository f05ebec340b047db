// Captures and releases of payment intents with manual capture: docs.stripe.com/payments/place-a-hold-on-a-payment-method.
import { toGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type {
  CaptureRequest,
  Gateway,
  GatewayAccount,
  LookupOutcome,
  Outcome,
} from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { callStripe, unanswered, type ApiAnswer } from "./stripe-api.ts";
import { hasRunOut, intentSchema, minorOf, unknown, type Intent } from "./stripe-outcomes.ts";

async function capture(account: GatewayAccount, request: CaptureRequest): Promise<Outcome> {
  const { amountMinor, currency, chargeReference, gatewayKey } = request;
  const rule = currencies[currency];
  const units = rule ? toGatewayMinor(amountMinor, currency, rule) : null;
  if (units === null) return declined("capture_refused", chargeReference);
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.capture(
      chargeReference,
      { amount_to_capture: Number(units) },
      { idempotencyKey: gatewayKey },
    ),
  );
  return moved(account, { ...request, move: "capture" }, answer);
}

async function release(account: GatewayAccount, request: CaptureRequest): Promise<Outcome> {
  const { chargeReference, gatewayKey } = request;
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.cancel(
      chargeReference,
      { cancellation_reason: "requested_by_customer" },
      { idempotencyKey: gatewayKey },
    ),
  );
  return moved(account, { ...request, move: "void" }, answer);
}

/** A refusal says why by the state that the hold is in. */
async function moved(
  account: GatewayAccount,
  request: CaptureRequest,
  answer: ApiAnswer<unknown>,
): Promise<Outcome> {
  switch (answer.kind) {
    case "success": {
      const outcome = stateOf(answer.data, request);
      return outcome.kind === "absent" ? unknown("still held") : outcome;
    }
    case "card":
      return declined("capture_refused", request.chargeReference);
    case "refused": {
      const state = await lookup(account, request);
      if (state.kind === "unknown") return state;
      const isGone = state.kind === "declined";
      return isGone ? state : declined("capture_refused", request.chargeReference);
    }
    default:
      return answer;
  }
}

/** What became of a capture or release. A hold is captured once at most, so its state tells. */
async function lookup(account: GatewayAccount, request: CaptureRequest): Promise<LookupOutcome> {
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.retrieve(request.chargeReference),
  );
  switch (answer.kind) {
    case "success":
      return stateOf(answer.data, request);
    case "card":
    case "refused":
      return unknown("the hold is not shown");
    default:
      return unanswered(answer);
  }
}

function stateOf(data: unknown, { move, merchantReference }: CaptureRequest): LookupOutcome {
  const parsed = intentSchema.safeParse(data);
  if (!parsed.success) return unknown("unreadable intent");
  const intent = parsed.data;
  if (intent.metadata["transaction_id"] !== merchantReference) return unknown("another payment");
  switch (intent.status) {
    case "requires_capture":
      return { kind: "absent" };
    case "processing":
      return { kind: "pending", reference: intent.id };
    case "succeeded":
      return move === "void"
        ? declined("capture_refused", intent.id)
        : whole(intent, intent.amount_received);
    case "canceled":
      return released(intent, move);
    default:
      return unknown("unreadable status");
  }
}

function whole({ id: reference, currency }: Intent, units: bigint): Outcome {
  const amountMinor = minorOf(units, currency);
  return amountMinor === null
    ? unknown("unreadable amount")
    : { kind: "succeeded", reference, amountMinor, currency, card: null };
}

/** A hold that ran out by itself is gone all the same, but nobody released it. */
function released(intent: Intent, move: CaptureRequest["move"]): Outcome {
  if (hasRunOut(intent)) return declined("authorization_expired", intent.id);
  return move === "void" ? whole(intent, intent.amount) : declined("voided", intent.id);
}

export const holds: NonNullable<Gateway["holds"]> = { capture, void: release, lookup };
