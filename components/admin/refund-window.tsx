"use client";

import { useRouter } from "next/navigation";
import { parseAmount } from "#lib/domain/money";
import { Dialog } from "../ui/dialog.tsx";
import { ActionOutcome } from "./action-outcome.tsx";
import { callRefund } from "./refund-call.ts";
import { RefundForm } from "./refund-form.tsx";
import { useIntent } from "./use-intent.ts";
import type { WindowControl } from "./window-button.tsx";

export type RefundWindowProps = {
  transactionId: string;
  currency: string;
  /** What was left when it was opened, as a decimal string: the page behind changes while it is open. */
  refundable: string;
  /** Where the money goes back to: "Visa ending 4242". */
  destination: string;
  /** False: the gateway gives back all that is left, or nothing. */
  canRefundPart: boolean;
  /** The failed refund that is done over. */
  retry?: { refundId: string; amount: string; reason: string } | undefined;
};

type Sent = { amount: string; amountWords: string; reason: string };

/** As much as the failed refund was, or what is left where that is less. */
function retryAmount(amount: string, refundable: string, currency: string): string {
  return parseAmount(amount, currency) <= parseAmount(refundable, currency) ? amount : refundable;
}

/** Asks for amount and reason, sends one refund however often it is pressed, and tells what came of it. */
export function RefundWindow(props: RefundWindowProps & WindowControl) {
  const { transactionId, currency, refundable, destination, canRefundPart } = props;
  const { retry, returnFocus, onClose } = props;
  const router = useRouter();
  const { busy, result, send, again } = useIntent<Sent>(
    ({ amountWords, ...request }, key) =>
      callRefund({ transactionId, ...request, retryOf: retry?.refundId }, key, amountWords),
    // A refund that was done over leaves no button behind, and with it would go this window.
    () => (retry === undefined ? router.refresh() : undefined),
  );

  function close() {
    onClose();
    router.refresh();
  }

  return (
    <Dialog
      open
      onOpenChange={close}
      locked={busy}
      title={retry === undefined ? "Refund" : "Retry the refund"}
      description={`${retry?.refundId ?? transactionId}, back to ${destination}`}
      returnFocus={returnFocus}
    >
      {result !== null && result.kind !== "refused" ? (
        <ActionOutcome result={result} busy={busy} onClose={close} onAgain={() => void again()} />
      ) : (
        <RefundForm
          currency={currency}
          refundable={refundable}
          destination={destination}
          canRefundPart={canRefundPart}
          initial={
            retry === undefined
              ? { amount: refundable, reason: "" }
              : { amount: retryAmount(retry.amount, refundable, currency), reason: retry.reason }
          }
          busy={busy}
          refusal={result}
          onCancel={close}
          onSend={(request) => void send(request)}
        />
      )}
    </Dialog>
  );
}
