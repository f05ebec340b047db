"use client";

import type { CaptureWindowProps } from "./capture-window.tsx";
import { WindowButton } from "./window-button.tsx";

type HoldButtonsProps = CaptureWindowProps & {
  /** What is held in words: "$150.00". */
  heldWords: string;
  /** Opens the capture by itself: the address asked for it. */
  startOpen?: boolean;
};

const loadCapture = async () => (await import("./capture-window.tsx")).CaptureWindow;
const loadConfirm = async () => (await import("./confirm-window.tsx")).ConfirmWindow;

/** Takes what a gateway holds for a payment, or lets it go. */
export function HoldButtons({ heldWords, startOpen = false, ...capture }: HoldButtonsProps) {
  const { transactionId } = capture;
  return (
    <div className="flex flex-wrap gap-3">
      <WindowButton
        label="Capture"
        variant="solid"
        startOpen={startOpen}
        loadWindow={loadCapture}
        windowProps={capture}
      />
      <WindowButton
        label="Release"
        variant="secondary"
        loadWindow={loadConfirm}
        windowProps={{
          title: "Release",
          description: `Let go what is held for ${transactionId}`,
          consequence: `${heldWords} is the shopper's again and is never charged. This cannot be undone.`,
          confirm: `Release ${heldWords}`,
          confirming: "Releasing…",
          tone: "danger" as const,
          path: "/api/payment/void/",
          body: { transaction_id: transactionId },
          fields: [{ name: "reason", label: "Reason", hint: "For the audit log.", missing: null }],
          what: "release this",
          nothing: "Nothing was released.",
          done: {
            title: `${heldWords} released`,
            text: "The bank has let the money go. Nothing more is charged for this payment.",
          },
          pending: {
            title: `${heldWords} is being released`,
            text: "The gateway has not confirmed it yet, and we keep asking. Nothing can be captured meanwhile.",
          },
        }}
      />
    </div>
  );
}
