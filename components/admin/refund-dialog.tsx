"use client";

import type { RefundWindowProps } from "./refund-window.tsx";
import { WindowButton } from "./window-button.tsx";

type RefundDialogProps = Omit<RefundWindowProps, "refundable"> & {
  /** What is left, as a decimal string; null where that is nothing. */
  refundable: string | null;
  /** Opens by itself: the address asked for it. */
  startOpen?: boolean;
};

const loadWindow = async () => (await import("./refund-window.tsx")).RefundWindow;

/** The refund button, or the one that does a failed refund over. */
export function RefundDialog({ refundable, startOpen, retry, ...props }: RefundDialogProps) {
  const nothingLeft = refundable === null;
  return (
    <WindowButton
      label={nothingLeft ? "Nothing left to refund" : retry === undefined ? "Refund" : "Retry"}
      {...(retry === undefined
        ? { variant: "solid" as const }
        : { variant: "secondary" as const, size: "small" as const })}
      {...(retry === undefined || nothingLeft ? {} : { name: `Retry ${retry.refundId}` })}
      unavailable={nothingLeft}
      startOpen={startOpen === true && !nothingLeft}
      loadWindow={loadWindow}
      windowProps={{ ...props, retry, refundable: refundable ?? "0" }}
    />
  );
}
