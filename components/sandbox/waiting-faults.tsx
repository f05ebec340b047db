import type { SandboxFault } from "#lib/sandbox/book";
import { sandboxFaultModes } from "#lib/sandbox/choices";
import { Alert } from "../ui/alert.tsx";
import { faultWords } from "./sandbox-words.ts";

function words({ mode, times, delay_ms: delayMs }: SandboxFault): string {
  const known = sandboxFaultModes.find((name) => name === mode);
  const what = known === undefined ? mode : faultWords[known];
  if (mode === "outage") return what;
  const late = delayMs === 0 ? "" : `, ${delayMs / 1_000} s late`;
  return `${what}, ${times === 1 ? "once" : `${times} times`}${late}`;
}

/** The faults that nothing has met yet. `null`: this gateway's book does not tell of them. */
export function WaitingFaults({ faults }: { faults: readonly SandboxFault[] | null }) {
  if (faults === null || faults.length === 0) return null;
  return (
    <Alert tone="warning" title="Waiting to be met" className="mb-4">
      <ul>
        {faults.map((fault, index) => (
          <li key={index}>{words(fault)}</li>
        ))}
      </ul>
    </Alert>
  );
}
