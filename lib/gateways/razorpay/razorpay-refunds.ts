// Refunds at Razorpay: the one call of its API that knows an idempotency key.
import { toGatewayMinor } from "../amounts.ts";
import { declined } from "../declined.ts";
import type { GatewayAccount, LookupOutcome, Outcome, RefundRequest } from "../gateway.ts";
import { currencies } from "./currencies.ts";
import { callRazorpay, unanswered } from "./razorpay-api.ts";
import {
  listOf,
  refundOutcome,
  refundReferenceOf,
  refundSchema,
  unknown,
} from "./razorpay-outcomes.ts";

const refunds = listOf(refundSchema);

/** Gives back a part or all of a captured payment, once however often it is sent under its key. */
export async function refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome> {
  const { chargeReference, amountMinor, currency, merchantReference, gatewayKey } = request;
  const rule = currencies[currency];
  const amount = rule ? toGatewayMinor(amountMinor, currency, rule) : null;
  if (amount === null) return declined("refund_refused", null);
  const answer = await callRazorpay(
    account,
    `/payments/${encodeURIComponent(chargeReference)}/refund`,
    {
      refundKey: gatewayKey,
      body: {
        amount: Number(amount),
        receipt: merchantReference,
        notes: { refund_id: merchantReference },
      },
    },
  );
  if (answer.kind === "refused") return declined("refund_refused", null);
  if (answer.kind !== "success") return answer;
  const made = refundSchema.safeParse(answer.data);
  if (!made.success) return unknown("unreadable refund");
  return made.data.payment_id === chargeReference
    ? refundOutcome(made.data)
    : unknown("another charge");
}

/** Looks for a refund among those of its payment, by our reference. */
export async function lookupRefund(
  account: GatewayAccount,
  { chargeReference, merchantReference }: RefundRequest,
): Promise<LookupOutcome> {
  const path = `/payments/${encodeURIComponent(chargeReference)}/refunds?count=100`;
  const answer = await callRazorpay(account, path);
  if (answer.kind === "refused") return unknown("the charge is not shown");
  if (answer.kind !== "success") return unanswered(answer);
  const list = refunds.safeParse(answer.data);
  if (!list.success) return unknown("unreadable refunds");
  const ours = list.data.items.filter((row) => refundReferenceOf(row) === merchantReference);
  if (ours.length > 1) return unknown("refunded twice");
  const [only] = ours;
  // Sent again under its key, it is made once.
  return only ? refundOutcome(only) : { kind: "absent" };
}
