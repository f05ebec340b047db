"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { useFormCall } from "./use-form-call.ts";

type Verdict = { problem: string | null; warnings: string[] };

/** What the API answered; what cannot be read is no good news. */
function readVerdict({ ok, problem, warnings }: Record<string, unknown>): Verdict {
  const words = typeof problem === "string" ? problem : "The answer could not be read.";
  return {
    problem: ok === true ? null : words,
    warnings: Array.isArray(warnings) ? warnings.filter((one) => typeof one === "string") : [],
  };
}

/** Asks the gateway whether the stored keys are good, and says what came of it. */
export function VerifyButton({ id }: { id: number }) {
  const hydrated = useHydrated();
  const router = useRouter();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const { busy, refusal, send } = useFormCall(
    `/api/payment/gateways/${id}/verify/`,
    "verify the account",
  );

  async function verify() {
    setVerdict(null);
    const answer = await send({});
    if (answer === null) return;
    setVerdict(readVerdict(answer));
    router.refresh();
  }

  return (
    <div className="space-y-4">
      <p className="text-muted text-sm">
        Asks the gateway with the keys that are stored. No money moves.
      </p>
      <Button variant="secondary" busy={busy} disabled={!hydrated} onClick={() => void verify()}>
        Verify
      </Button>
      <div aria-live="polite" className="space-y-3 empty:hidden">
        {refusal === null ? null : (
          <Alert tone="danger" title={refusal.title}>
            {refusal.advice}
          </Alert>
        )}
        {verdict === null ? null : (
          <Alert
            tone={verdict.problem === null ? "success" : "danger"}
            title={verdict.problem === null ? "The keys are good" : "The account cannot be used"}
          >
            {verdict.problem}
          </Alert>
        )}
        {verdict?.warnings.map((warning) => (
          <Alert key={warning} tone="warning" title={warning} />
        ))}
      </div>
    </div>
  );
}
