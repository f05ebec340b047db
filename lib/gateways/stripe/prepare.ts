import { displayMoney } from "../../domain/money.ts";
import { amountProblem, toGatewayMinor } from "../amounts.ts";
import type { GatewayAccount, PrepareOutcome, PrepareRequest } from "../gateway.ts";
import { currencies, largestMinor, lastDigitIsZero } from "./currencies.ts";
import { callStripe, type ApiAnswer } from "./stripe-api.ts";
import { intentSchema } from "./stripe-outcomes.ts";

const refused = (message: string): PrepareOutcome => ({ kind: "refused", message });

/** Makes the payment intent, which takes no money by itself; one that was made before is read again. */
export async function prepare(
  account: GatewayAccount,
  request: PrepareRequest,
): Promise<PrepareOutcome> {
  const { intentReference: known } = request;
  if (known !== null) {
    return preparedBy(await callStripe(account, (stripe) => stripe.paymentIntents.retrieve(known)));
  }
  const amount = unitsOf(request);
  if (typeof amount === "string") return refused(amount);
  const answer = await callStripe(account, (stripe) =>
    stripe.paymentIntents.create(
      {
        amount,
        currency: request.currency.toLowerCase(),
        capture_method: request.captureMethod,
        automatic_payment_methods: { enabled: true },
        description: `Order ${request.orderNumber}`,
        receipt_email: request.shopperEmail,
        metadata: {
          transaction_id: request.merchantReference,
          order_number: request.orderNumber,
        },
      },
      { idempotencyKey: `${request.gatewayKey}-intent` },
    ),
  );
  return preparedBy(answer);
}

/** Stripe's units, of which there are eight digits at most; a sentence where it cannot be said in them. */
function unitsOf({ amountMinor, currency }: PrepareRequest): number | string {
  const problem = amountProblem({ currencies }, amountMinor, currency);
  if (problem !== null) return problem;
  const rule = currencies[currency];
  const units = rule ? toGatewayMinor(amountMinor, currency, rule) : null;
  if (units === null || units > largestMinor)
    return "This way to pay cannot take so large an amount.";
  if (lastDigitIsZero.has(currency) && units % 10n !== 0n) {
    return `This way to pay cannot take ${displayMoney(amountMinor, currency)} exactly.`;
  }
  return Number(units);
}

function preparedBy(answer: ApiAnswer<unknown>): PrepareOutcome {
  if (answer.kind === "success") {
    const parsed = intentSchema.safeParse(answer.data);
    const secret = parsed.data?.client_secret;
    if (!parsed.success || !secret) return { kind: "unreachable", detail: "unreadable intent" };
    const { id, status } = parsed.data;
    return status === "canceled"
      ? refused("This payment has ended. Nothing was charged: begin a new one.")
      : { kind: "prepared", intentReference: id, clientSecret: secret };
  }
  if (answer.kind === "not_sent" || answer.kind === "unknown") {
    return { kind: "unreachable", detail: answer.detail };
  }
  // An id that is not there is a matter of the account, not of the shopper's payment.
  return answer.code === "resource_missing"
    ? { kind: "unreachable", detail: answer.code }
    : refused("Stripe does not take this payment. Nothing was charged: pay another way.");
}
