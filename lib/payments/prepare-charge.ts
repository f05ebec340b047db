import {
  setIntentReference,
  getTransactionByPk,
  type TransactionRecord,
} from "../db/transactions.ts";
import type { Gateway, GatewayAccount, PrepareOutcome } from "../gateways/gateway.ts";
import { callGateway } from "./call-gateway.ts";
import { paymentTerms } from "./payment-terms.ts";

type Prepared = { transaction: TransactionRecord; clientSecret: string };
export type PreparedCharge =
  ({ kind: "prepared" } & Prepared) | Exclude<PrepareOutcome, { kind: "prepared" }>;

/**
 * Makes a payment known to its gateway, or reads again what it is there. No database transaction is open
 * meanwhile, and no money moves, so whatever goes wrong is `unreachable`: it is simply tried again. Of
 * two callers at once the first to store what it got decides; the other's lies at the gateway unused.
 */
export async function prepareCharge(
  gateway: Gateway,
  account: GatewayAccount,
  transaction: TransactionRecord,
): Promise<PreparedCharge> {
  const prepared = await callPrepare(gateway, account, transaction);
  if (prepared.kind !== "prepared") return prepared;
  const { intentReference, clientSecret } = prepared;
  if (intentReference === null || transaction.intentReference !== null) {
    return { kind: "prepared", transaction, clientSecret };
  }
  const isFirst = await setIntentReference(transaction.id, intentReference);
  const stored = await getTransactionByPk(transaction.id);
  if (isFirst || stored.intentReference === intentReference) {
    return { kind: "prepared", transaction: stored, clientSecret };
  }
  const again = await callPrepare(gateway, account, stored);
  return again.kind === "prepared"
    ? { kind: "prepared", transaction: stored, clientSecret: again.clientSecret }
    : again;
}

async function callPrepare(
  gateway: Gateway,
  account: GatewayAccount,
  transaction: TransactionRecord,
): Promise<PrepareOutcome> {
  const outcome = await callGateway(account.configurationId, () =>
    gateway.prepare(account, {
      ...paymentTerms(transaction),
      gatewayKey: `tb-intent-${transaction.transactionId}`,
      shopperEmail: transaction.userEmail,
      orderNumber: transaction.orderNumber,
    }),
  );
  return outcome.kind === "unknown" ? { kind: "unreachable", detail: outcome.detail } : outcome;
}
