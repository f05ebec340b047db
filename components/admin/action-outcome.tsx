"use client";

import { useEffect, useRef } from "react";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import type { ActionResult } from "./action-call.ts";

type ActionOutcomeProps = {
  result: Exclude<ActionResult, { kind: "refused" }>;
  busy: boolean;
  onClose: () => void;
  onAgain: () => void;
};

/** What came of an action, told as it is: done, on its way, refused by the gateway, or not known. */
export function ActionOutcome({ result, busy, onClose, onAgain }: ActionOutcomeProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [result]);
  const unknown = result.kind === "unknown";
  return (
    <div className="space-y-5">
      <div ref={box} tabIndex={-1} role="status">
        <Alert tone={unknown ? "warning" : result.tone} title={result.title}>
          {result.text}
        </Alert>
      </div>
      <div className="flex flex-wrap justify-end gap-3">
        {unknown ? (
          <Button variant="solid" busy={busy} onClick={onAgain}>
            Ask again
          </Button>
        ) : null}
        <Button variant={unknown ? "secondary" : "solid"} disabled={busy} onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
