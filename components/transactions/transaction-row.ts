import type { TransactionStatus } from "#lib/domain/payment";

/** What a list shows of a transaction; the record of the use case has more. */
export type TransactionRow = {
  transactionId: string;
  orderNumber: string;
  userEmail: string;
  gateway: string;
  amountMinor: bigint;
  refundedMinor: bigint;
  currency: string;
  status: TransactionStatus;
  metadata: Record<string, unknown>;
  createdAt: Date;
};
