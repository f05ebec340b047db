"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { callRefund, type RefundResult } from "./refund-call.ts";
import { RefundForm } from "./refund-form.tsx";
import { RefundOutcome } from "./refund-outcome.tsx";

type RefundDialogProps = {
  transactionId: string;
  currency: string;
  /** What is left, as a decimal string; null where that is nothing. */
  refundable: string | null;
  /** Where the money goes back to: "Visa ending 4242". */
  destination: string;
};

type Sent = { amount: string; amountWords: string; reason: string };

/** The state of one opened dialog: its key, what was sent, and what came of it. */
function useRefund(transactionId: string, onRecorded: () => void) {
  const key = useRef("");
  const running = useRef(false);
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<RefundResult | null>(null);

  function begin() {
    key.current = newIdempotencyKey();
    setSent(null);
    setResult(null);
  }

  async function send(request: Sent) {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setSent(request);
    const answer = await callRefund({ transactionId, ...request }, key.current, request.amountWords);
    // A refused request is over; only one without an answer is sent again under its key.
    if (answer.kind === "refused") key.current = newIdempotencyKey();
    setResult(answer);
    setBusy(false);
    running.current = false;
    if (answer.kind !== "unknown") onRecorded();
  }

  return { sent, busy, result, begin, send };
}

/** The refund button and its dialog. Sends one refund an opening, however often it is pressed. */
export function RefundDialog({ transactionId, currency, refundable, destination }: RefundDialogProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [open, setOpen] = useState(false);
  const refund = useRefund(transactionId, () => router.refresh());
  const { sent, busy, result } = refund;
  const nothingLeft = refundable === null;
  // What was left when it was opened: the page behind is refreshed while the outcome is shown.
  const [left, setLeft] = useState(refundable ?? "");

  function change(next: boolean) {
    if (next && refundable === null) return;
    if (next && refundable !== null) {
      refund.begin();
      setLeft(refundable);
    } else {
      router.refresh();
    }
    setOpen(next);
  }

  const settled = result !== null && result.kind !== "refused";
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      locked={busy}
      title="Refund"
      description={`${transactionId}, back to ${destination}`}
      trigger={
        <Button variant="solid" disabled={!hydrated} aria-disabled={nothingLeft || undefined} className="aria-disabled:opacity-60">
          {nothingLeft ? "Nothing left to refund" : "Refund"}
        </Button>
      }
    >
      {settled ? (
        <RefundOutcome
          result={result}
          busy={busy}
          onClose={() => change(false)}
          onAgain={() => {
            if (sent !== null) void refund.send(sent);
          }}
        />
      ) : (
        <RefundForm
          currency={currency}
          refundable={left}
          destination={destination}
          busy={busy}
          refusal={result}
          onCancel={() => change(false)}
          onSend={(request) => void refund.send(request)}
        />
      )}
    </Dialog>
  );
}
