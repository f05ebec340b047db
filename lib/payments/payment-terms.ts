import type { TransactionRecord } from "../db/transactions.ts";
import { getEnv } from "../env.ts";
import type { ChargeRequest, PaymentInput } from "../gateways/gateway.ts";

/** What a gateway is told of a payment, the same at each of its calls. */
export function paymentTerms(
  transaction: TransactionRecord,
): Omit<ChargeRequest, "gatewayKey" | "payment"> {
  const { transactionId, orderNumber } = transaction;
  return {
    merchantReference: transactionId,
    amountMinor: transaction.amountMinor,
    currency: transaction.currency,
    captureMethod: transaction.captureMethod,
    returnUrl: `${getEnv().PUBLIC_URL}/checkout/${orderNumber}?transaction=${transactionId}`,
    intentReference: transaction.intentReference,
  };
}

/** For whoever asks a gateway without a shopper at hand. */
export const noPayment: PaymentInput = { card: null, fields: {} };
