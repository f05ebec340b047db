"use client";

import { useRef, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import type { ActionResult } from "./action-call.ts";

/**
 * One intent of a person: its key, what was sent, and what came of it. However often it is sent, while it
 * is on its way it is sent once; without an answer it is sent again under the same key.
 */
export function useIntent<Request>(
  call: (request: Request, key: string) => Promise<ActionResult>,
  onKnown: () => void = () => undefined,
  { isRepeatable = false }: { isRepeatable?: boolean } = {},
) {
  const key = useRef<string | null>(null);
  const running = useRef(false);
  const [sent, setSent] = useState<Request | null>(null);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<ActionResult | null>(null);

  async function send(request: Request) {
    if (running.current) return;
    running.current = true;
    key.current ??= newIdempotencyKey();
    setBusy(true);
    setSent(request);
    const answer = await call(request, key.current);
    // A refused request is over; only one without an answer is sent again under its key. What may be asked
    // for any number of times is over with every answer.
    if (answer.kind === "refused" || (isRepeatable && answer.kind === "recorded"))
      key.current = null;
    setResult(answer);
    setBusy(false);
    running.current = false;
    if (answer.kind !== "unknown") onKnown();
  }

  async function again() {
    if (sent !== null) await send(sent);
  }

  return { busy, result, send, again };
}
