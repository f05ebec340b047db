"use client";

import { RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { callAction } from "./action-call.ts";
import { useIntent } from "./use-intent.ts";

// Long enough for the worker to have taken it up.
const refreshAfterMs = 1_500;

/** Has a webhook tried again. Nothing moves by it that the gateway did not tell, so it is not asked twice. */
export function ReplayButton({ id, eventId }: { id: number; eventId: string }) {
  const hydrated = useHydrated();
  const router = useRouter();
  const [done, setDone] = useState(false);
  const { busy, result, send } = useIntent<number>(
    (event, key) =>
      callAction({ path: `/api/payment/webhook-events/${event}/replay/`, body: {} }, key, {
        what: "replay it",
        nothing: "Nothing was changed.",
        done: () => ({ title: "Being tried again", text: "" }),
        pending: { title: "Being tried again", text: "" },
      }),
    () => {
      setDone(true);
      setTimeout(() => router.refresh(), refreshAfterMs);
    },
  );
  const isRecorded = result?.kind === "recorded";
  return (
    <div>
      <Button
        variant="secondary"
        size="small"
        busy={busy}
        disabled={!hydrated || (done && isRecorded)}
        aria-label={`Replay ${eventId}`}
        onClick={() => void send(id)}
      >
        <RotateCcw aria-hidden="true" className="size-4" /> Replay
      </Button>
      <p role="status" className="text-muted mt-1 text-xs empty:hidden">
        {result === null
          ? ""
          : isRecorded
            ? "Being tried again."
            : `${result.title}. ${result.text}`}
      </p>
    </div>
  );
}
