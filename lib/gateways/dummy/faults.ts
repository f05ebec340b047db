import { setTimeout as sleep } from "node:timers/promises";
import { closeDummyCall, openDummyCall, outageMode } from "../../db/dummy-calls.ts";
import { callFaultModes, webhookFaultModes } from "../../sandbox/choices.ts";
import type { LookupOutcome } from "../gateway.ts";

type CallFaultMode = (typeof callFaultModes)[number];

/** Every mode: these, and an outage of every call, the questions too, until it is taken away. */
export const faultModes = [...callFaultModes, ...webhookFaultModes, outageMode] as const;

export type Verb =
  | "charge"
  | "refund"
  | "capture"
  | "void"
  | "lookup_charge"
  | "lookup_refund"
  | "lookup_hold"
  | "list_charges";

const movesMoney: readonly Verb[] = ["charge", "refund", "capture", "void"];

// Longer than any caller waits.
const hangMs = 60_000;
const slowMs = 3_000;
const lateMs = 5_000;

type Trouble = { kind: "unknown" | "not_sent"; detail: string };

const unknown = (detail: string): Trouble => ({ kind: "unknown", detail });

/** Never answers, and throws when every caller has gone. The process may end meanwhile. */
async function hang(): Promise<never> {
  await sleep(hangMs, undefined, { ref: false });
  throw Object.assign(new Error(), { name: "no answer" });
}

/**
 * Takes one call as a remote service would: writes that it has arrived, then does it, wrongly where it
 * was told to. `work` gets how long what it books stays `pending`; null: not at all. A call that hangs
 * is never written as answered. Never throws: what goes wrong here is unknown to the caller.
 */
export async function takeCall<T extends LookupOutcome>(
  call: { verb: Verb; gatewayKey: string; merchantReference: string },
  work: (pendingMs: number | null) => Promise<T>,
): Promise<T | Trouble> {
  try {
    const { id, fault } = await arrive(call);
    if (fault?.mode === outageMode) await hang();
    const answer = await answerWith(fault, work);
    await closeDummyCall(id);
    return answer;
  } catch (error) {
    return unknown(error instanceof Error ? error.name : "error");
  }
}

function arrive({
  verb,
  gatewayKey,
  merchantReference,
}: {
  verb: Verb;
  gatewayKey: string;
  merchantReference: string;
}) {
  return openDummyCall(
    { verb, idempotencyKey: gatewayKey, merchantReference },
    movesMoney.includes(verb) ? callFaultModes : [],
  );
}

async function answerWith<T extends LookupOutcome>(
  fault: { mode: string; delayMs: number } | null,
  work: (pendingMs: number | null) => Promise<T>,
): Promise<T | Trouble> {
  if (fault === null) return work(null);
  const mode = fault.mode as CallFaultMode;
  switch (mode) {
    case "hang":
      return hang();
    case "500":
      return unknown("status 500");
    case "429":
      return { kind: "not_sent", detail: "status 429" };
    case "late_success":
      return work(fault.delayMs || lateMs);
  }
  const done = await work(null);
  switch (mode) {
    case "charge_then_hang":
      return hang();
    case "charge_then_500":
      return unknown("status 500");
    case "reset":
      return unknown("connection reset");
    case "garbage":
      return unknown("unreadable answer");
    case "slow_body":
      await sleep(fault.delayMs || slowMs, undefined, { ref: false });
      return done;
    case "wrong_amount":
      return "amountMinor" in done ? { ...done, amountMinor: done.amountMinor + 1n } : done;
  }
}

/** For the listing, which has no outcome: throws while there is an outage. */
export async function takeListing(): Promise<void> {
  const { id, fault } = await arrive({
    verb: "list_charges",
    gatewayKey: "",
    merchantReference: "",
  });
  if (fault?.mode === outageMode) throw new Error("the dummy gateway does not answer");
  await closeDummyCall(id);
}
