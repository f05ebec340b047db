"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type RefObject } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { Dialog } from "../ui/dialog.tsx";
import { callRefund, type RefundResult } from "./refund-call.ts";
import { RefundForm } from "./refund-form.tsx";
import { RefundOutcome } from "./refund-outcome.tsx";

export type RefundWindowProps = {
  transactionId: string;
  currency: string;
  /** What was left when it was opened, as a decimal string: the page behind changes while it is open. */
  refundable: string;
  /** Where the money goes back to: "Visa ending 4242". */
  destination: string;
  returnFocus: RefObject<HTMLElement | null>;
  onClose: () => void;
};

type Sent = { amount: string; amountWords: string; reason: string };

/** One opened window: its key, what was sent, and what came of it. */
function useRefund(transactionId: string, onKnown: () => void) {
  const key = useRef<string | null>(null);
  const running = useRef(false);
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<RefundResult | null>(null);

  async function send(request: Sent) {
    if (running.current) return;
    running.current = true;
    key.current ??= newIdempotencyKey();
    setBusy(true);
    setSent(request);
    const answer = await callRefund(
      { transactionId, ...request },
      key.current,
      request.amountWords,
    );
    // A refused request is over; only one without an answer is sent again under its key.
    if (answer.kind === "refused") key.current = null;
    setResult(answer);
    setBusy(false);
    running.current = false;
    if (answer.kind !== "unknown") onKnown();
  }

  return { sent, busy, result, send };
}

/** Asks for amount and reason, sends one refund however often it is pressed, and tells what came of it. */
export function RefundWindow(props: RefundWindowProps) {
  const { transactionId, currency, refundable, destination, returnFocus, onClose } = props;
  const router = useRouter();
  const { sent, busy, result, send } = useRefund(transactionId, () => router.refresh());

  function close() {
    router.refresh();
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={close}
      locked={busy}
      title="Refund"
      description={`${transactionId}, back to ${destination}`}
      returnFocus={returnFocus}
    >
      {result !== null && result.kind !== "refused" ? (
        <RefundOutcome
          result={result}
          busy={busy}
          onClose={close}
          onAgain={() => {
            if (sent !== null) void send(sent);
          }}
        />
      ) : (
        <RefundForm
          currency={currency}
          refundable={refundable}
          destination={destination}
          busy={busy}
          refusal={result}
          onCancel={close}
          onSend={(request) => void send(request)}
        />
      )}
    </Dialog>
  );
}
