"use client";

import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { SaidLine } from "./said-line.tsx";
import { leadWords } from "./sandbox-words.ts";
import { useSandboxCall } from "./use-sandbox-call.ts";

const steps = [
  { seconds: 60, label: "1 minute" },
  { seconds: 3_600, label: "1 hour" },
  { seconds: 86_400, label: "1 day" },
  { seconds: 691_200, label: "8 days" },
] as const;

/** Moves the clock of all gateways. It goes forward only. */
export function ClockForm({ offsetS }: { offsetS: number }) {
  const hydrated = useHydrated();
  const { busy, said, send } = useSandboxCall();
  return (
    <div>
      <p className="text-sm">
        The gateways&apos; clock is{" "}
        <strong className="nums font-semibold">{leadWords(offsetS)}</strong> ahead. All five go by
        it; the shop goes by its own.
      </p>
      <div role="group" aria-label="Move the clock ahead" className="mt-4 flex flex-wrap gap-2">
        {steps.map(({ seconds, label }) => (
          <Button
            key={seconds}
            variant="secondary"
            disabled={!hydrated || busy}
            onClick={() =>
              void send("clock", { advance_s: seconds }, `The clock went ${label} ahead.`)
            }
          >
            <span aria-hidden="true">+</span>
            {label}
          </Button>
        ))}
      </div>
      <SaidLine said={said} />
    </div>
  );
}
