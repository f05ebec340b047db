import { mayMoveMoney, type Viewer } from "#lib/domain/actor";
import { displayMoney, formatAmount } from "#lib/domain/money";
import { tookMoney } from "#lib/domain/payment";
import type { TransactionDetail } from "#lib/payments/get-transaction";
import { RefundList } from "../transactions/refund-list.tsx";
import { cardWords, gatewayWords } from "../transactions/words.ts";
import { HoldButtons } from "./hold-buttons.tsx";
import { RefundDialog } from "./refund-dialog.tsx";

type Transaction = TransactionDetail["transaction"];

function destinationOf({ metadata, gateway }: Transaction): string {
  return cardWords(metadata) ?? gatewayWords(gateway);
}

function refundableOf({ refundableMinor, currency }: Transaction): string | null {
  return refundableMinor > 0n ? formatAmount(refundableMinor, currency) : null;
}

function Hold({ detail, asksCapture }: { detail: TransactionDetail; asksCapture: boolean }) {
  const { transaction, capabilities } = detail;
  const { capturableMinor, currency, transactionId } = transaction;
  if (capturableMinor === 0n || capabilities?.manualCapture !== true) return null;
  return (
    <HoldButtons
      transactionId={transactionId}
      currency={currency}
      capturable={formatAmount(capturableMinor, currency)}
      canCapturePart={capabilities.partialCapture}
      keepsRest={capabilities.multipleCaptures}
      heldWords={displayMoney(capturableMinor, currency)}
      startOpen={asksCapture}
    />
  );
}

type ActionsProps = {
  detail: TransactionDetail;
  viewer: Viewer;
  asks: "refund" | "capture" | null;
};

/** What an admin can do with the money of a payment: capture or release it, refund it. */
export function TransactionActions({ detail, viewer, asks }: ActionsProps) {
  const { transaction } = detail;
  const isCaptured = tookMoney(transaction.status);
  if (!isCaptured && transaction.capturableMinor === 0n) return null;
  if (!mayMoveMoney(viewer)) {
    return (
      <p className="text-muted max-w-64 text-sm">
        Your role may look but not move money. Ask an administrator.
      </p>
    );
  }
  return (
    <div className="flex flex-wrap gap-3">
      <Hold detail={detail} asksCapture={asks === "capture"} />
      {isCaptured ? (
        <RefundDialog
          transactionId={transaction.transactionId}
          currency={transaction.currency}
          refundable={refundableOf(transaction)}
          destination={destinationOf(transaction)}
          canRefundPart={detail.capabilities?.partialRefund ?? true}
          startOpen={asks === "refund"}
        />
      ) : null}
    </div>
  );
}

type RefundsProps = { detail: TransactionDetail; viewer: Viewer; asksRetry: string | undefined };

/** The refunds of a payment, with a way to do over those that failed. */
export function TransactionRefunds({ detail, viewer, asksRetry }: RefundsProps) {
  const { transaction, refunds } = detail;
  const refundable = refundableOf(transaction);
  if (refunds.length === 0) return <p className="text-muted text-sm">Nothing was refunded.</p>;
  return (
    <RefundList
      refunds={refunds}
      forStaff
      renderAction={(refund) =>
        refund.status === "failed" &&
        refund.retriedBy === null &&
        refundable !== null &&
        mayMoveMoney(viewer) ? (
          <div className="mt-2">
            <RefundDialog
              transactionId={transaction.transactionId}
              currency={transaction.currency}
              refundable={refundable}
              destination={destinationOf(transaction)}
              canRefundPart={detail.capabilities?.partialRefund ?? true}
              retry={{
                refundId: refund.refundId,
                amount: formatAmount(refund.amountMinor, refund.currency),
                reason: refund.source === "gateway" ? "" : refund.reason,
              }}
              startOpen={asksRetry === refund.refundId}
            />
          </div>
        ) : null
      }
    />
  );
}
