"use client";

import { useRouter } from "next/navigation";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import type { Tone } from "../ui/tone.ts";
import { TextLink } from "../ui/text-link.tsx";
import { callAction, type ActionResult } from "./action-call.ts";
import { useIntent } from "./use-intent.ts";

type Run = { compared: number; differences: number; error: string };

function isRun(value: unknown): value is Run {
  return (
    typeof value === "object" &&
    value !== null &&
    "compared" in value &&
    typeof value.compared === "number" &&
    "differences" in value &&
    typeof value.differences === "number" &&
    "error" in value &&
    typeof value.error === "string"
  );
}

function charges(count: number): string {
  return count === 1 ? "1 charge" : `${count} charges`;
}

/** What came of the comparison, over all gateways that were asked. */
function comparedWords(body: Record<string, unknown>): {
  title: string;
  text: string;
  tone?: Tone;
} {
  const runs = Array.isArray(body["runs"]) ? body["runs"].filter(isRun) : [];
  const compared = runs.reduce((sum, run) => sum + run.compared, 0);
  const differences = runs.reduce((sum, run) => sum + run.differences, 0);
  const failed = runs.filter((run) => run.error !== "").length;
  if (runs.length === 0) {
    return { title: "Nothing to compare", text: "No gateway here can list its charges." };
  }
  const wholeness =
    failed === 0 ? "" : " Not every list could be read to its end; the table says why.";
  const isWell = differences === 0 && failed === 0;
  return differences === 0
    ? {
        ...(isWell ? {} : { tone: "warning" as const }),
        title: `${charges(compared)} compared, no difference found`,
        text: `What is younger than ten minutes is compared the next time.${wholeness}`,
      }
    : {
        tone: "warning",
        title: `${charges(compared)} compared, ${differences} ${differences === 1 ? "differs" : "differ"}`,
        text: `Each difference is a case; nothing was changed.${wholeness}`,
      };
}

function toneOf(result: ActionResult) {
  if (result.kind === "refused") return "danger";
  return result.kind === "unknown" ? "warning" : result.tone;
}

/** Compares with the gateways' lists now, once however often it is pressed, and says what came of it. */
export function CompareButton() {
  const hydrated = useHydrated();
  const router = useRouter();
  const { busy, result, send } = useIntent<null>(
    (_nothing, key) =>
      callAction({ path: "/api/payment/reconcile/", body: {} }, key, {
        what: "compare",
        nothing: "Nothing was changed.",
        done: comparedWords,
        pending: { title: "Under way", text: "The comparison has begun." },
      }),
    () => router.refresh(),
    { isRepeatable: true },
  );
  return (
    <div className="flex w-full flex-col gap-4">
      <div>
        <Button variant="solid" busy={busy} disabled={!hydrated} onClick={() => void send(null)}>
          {busy ? "Comparing…" : "Compare now"}
        </Button>
      </div>
      <div role="status" className="empty:hidden">
        {result === null || busy ? null : (
          <Alert tone={toneOf(result)} title={result.title}>
            <p>{result.text}</p>
            {result.kind === "recorded" ? (
              <p>
                <TextLink href="/admin/cases">See what waits for a person</TextLink>
              </p>
            ) : null}
          </Alert>
        )}
      </div>
    </div>
  );
}
