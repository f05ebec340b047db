import type { RefundStatus, TransactionStatus } from "#lib/domain/payment";
import { Badge } from "../ui/badge.tsx";
import { orderStatusWords, refundStatusWords, transactionStatusWords } from "./words.ts";

export function TransactionBadge({ status }: { status: TransactionStatus }) {
  const { label, tone } = transactionStatusWords[status];
  return <Badge tone={tone}>{label}</Badge>;
}

export function RefundBadge({ status }: { status: RefundStatus }) {
  const { label, tone } = refundStatusWords[status];
  return <Badge tone={tone}>{label}</Badge>;
}

export function OrderBadge({ status }: { status: keyof typeof orderStatusWords }) {
  const { label, tone } = orderStatusWords[status];
  return <Badge tone={tone}>{label}</Badge>;
}
