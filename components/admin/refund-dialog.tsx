"use client";

import { useRef, useState, type ComponentType } from "react";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import type { RefundWindowProps } from "./refund-window.tsx";

type RefundDialogProps = {
  transactionId: string;
  currency: string;
  /** What is left, as a decimal string; null where that is nothing. */
  refundable: string | null;
  /** Where the money goes back to: "Visa ending 4242". */
  destination: string;
};

const loadWindow = async () => (await import("./refund-window.tsx")).RefundWindow;

/** The refund button. Its window is loaded when it is wanted: most who look at a payment refund nothing. */
export function RefundDialog({
  transactionId,
  currency,
  refundable,
  destination,
}: RefundDialogProps) {
  const hydrated = useHydrated();
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<{
    Window: ComponentType<RefundWindowProps>;
    refundable: string;
  } | null>(null);
  const [loading, setLoading] = useState(false);
  const [failed, setFailed] = useState(false);
  const nothingLeft = refundable === null;

  async function open() {
    if (refundable === null || loading) return;
    setFailed(false);
    setLoading(true);
    try {
      const Window = await loadWindow();
      setOpened({ Window, refundable });
    } catch {
      setFailed(true);
    }
    setLoading(false);
  }

  return (
    <div>
      {/* Stays reachable when nothing is left: the focus comes back to it after the last refund. */}
      <Button
        ref={button}
        variant="solid"
        disabled={!hydrated}
        aria-disabled={nothingLeft || undefined}
        aria-haspopup="dialog"
        onClick={() => void open()}
        className="aria-disabled:bg-neutral-tint aria-disabled:text-muted"
      >
        {nothingLeft ? "Nothing left to refund" : "Refund"}
      </Button>
      <p role="alert" className="text-danger mt-2 text-sm empty:hidden">
        {failed
          ? "The refund form could not be loaded. Nothing was refunded. Check your connection, then try again."
          : ""}
      </p>
      {opened === null ? null : (
        <opened.Window
          transactionId={transactionId}
          currency={currency}
          refundable={opened.refundable}
          destination={destination}
          returnFocus={button}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  );
}
