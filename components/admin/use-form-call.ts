"use client";

import { useRef, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { postJson, type ApiBody } from "../http/call-api.ts";
import { refusalWords, type Refusal } from "../http/refusal-words.ts";

/**
 * Sends a form that moves no money. `attempt` counts the refusals, for the focus to go where they are told.
 * What got no answer and is sent again unchanged has the same key, so that it is done once.
 */
export function useFormCall(path: string, what: string) {
  const unanswered = useRef<{ text: string; key: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [attempt, setAttempt] = useState(0);

  async function send(body: Record<string, unknown>): Promise<ApiBody | null> {
    if (busy) return null;
    setBusy(true);
    setRefusal(null);
    const text = JSON.stringify(body);
    const before = unanswered.current;
    const key = before?.text === text ? before.key : newIdempotencyKey();
    const result = await postJson(path, body, { idempotencyKey: key });
    setBusy(false);
    unanswered.current = result.kind === "no_answer" ? { text, key } : null;
    if (result.kind === "answered" && result.status < 300) return result.body;
    setRefusal(refusalWords(result, what));
    setAttempt((count) => count + 1);
    return null;
  }

  return { busy, refusal, attempt, send };
}
