// Refunds at Stripe: sent with a key, and found by our reference in their metadata.
import type Stripe from "stripe";
import { toGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { GatewayAccount, LookupOutcome, Outcome, RefundRequest } from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { callStripe, unanswered, type ApiAnswer } from "./stripe-api.ts";
import { refundOutcome, refundSchema, unknown } from "./stripe-outcomes.ts";

// A charge has a handful of refunds; a list that is longer is not read to its end.
const mostRefunds = 1_000;

/** Sends a refund. What Stripe refuses was not done: the charge has less left, is disputed, or not there. */
export async function refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome> {
  const { amountMinor, currency, chargeReference, merchantReference, gatewayKey } = request;
  const rule = currencies[currency];
  const units = rule ? toGatewayMinor(amountMinor, currency, rule) : null;
  if (units === null) return declined("refund_refused", null);
  const answer = await callStripe(account, (stripe) =>
    stripe.refunds.create(
      {
        payment_intent: chargeReference,
        amount: Number(units),
        metadata: { refund_id: merchantReference },
      },
      { idempotencyKey: gatewayKey },
    ),
  );
  switch (answer.kind) {
    case "success":
      return outcomeOf(answer.data, request);
    case "card":
    case "refused":
      return declined("refund_refused", null);
    default:
      return answer;
  }
}

function outcomeOf(data: unknown, { chargeReference }: RefundRequest): Outcome {
  const parsed = refundSchema.safeParse(data);
  if (!parsed.success) return unknown("unreadable refund");
  return parsed.data.payment_intent === chargeReference
    ? refundOutcome(parsed.data)
    : unknown("another charge");
}

/** What became of a refund: by its id where that is known, else by our reference among the charge's. */
export async function lookupRefund(
  account: GatewayAccount,
  request: RefundRequest,
): Promise<LookupOutcome> {
  const { refundReference: id, chargeReference, merchantReference } = request;
  if (id !== null) {
    return found(await callStripe(account, (stripe) => stripe.refunds.retrieve(id)), request);
  }
  const answer = await callStripe(account, (stripe) =>
    stripe.refunds
      .list({ payment_intent: chargeReference, limit: 100 })
      .autoPagingToArray({ limit: mostRefunds }),
  );
  if (answer.kind !== "success") return found(answer, request);
  const ours = answer.data.find(({ metadata }) => metadata?.["refund_id"] === merchantReference);
  if (ours) return outcomeOf(ours, request);
  return answer.data.length < mostRefunds ? { kind: "absent" } : unknown("too many refunds");
}

function found(
  answer: ApiAnswer<Stripe.Refund | Stripe.Refund[]>,
  request: RefundRequest,
): Outcome {
  switch (answer.kind) {
    case "success":
      return outcomeOf(answer.data, request);
    case "card":
    case "refused":
      return unknown("the refund is not shown");
    default:
      return unanswered(answer);
  }
}
