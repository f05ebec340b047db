"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { postJson } from "../http/call-api.ts";
import { refusalWords } from "../http/refusal-words.ts";

export type Said = { tone: "success" | "danger"; text: string; fields: Record<string, string> };

// Long enough for a webhook to have gone out, and for our answer to it to be in the book.
const againMs = 1_200;

/** One change at the sandbox at a time, what came of it in words, and the page read again after. */
export function useSandboxCall() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said | null>(null);

  async function send(path: string, body: Record<string, unknown>, done: string): Promise<void> {
    setBusy(true);
    setSaid(null);
    const result = await postJson(`/api/sandbox/${path}/`, body, { timeoutMs: 12_000 });
    setBusy(false);
    if (result.kind === "answered" && result.status === 200) {
      setSaid({ tone: "success", text: done, fields: {} });
    } else {
      setSaid(refused(result));
    }
    router.refresh();
    setTimeout(() => router.refresh(), againMs);
  }

  return { busy, said, send };
}

function refused(result: Awaited<ReturnType<typeof postJson>>): Said {
  const { title, advice, fields } = refusalWords(result, "ask the sandbox for this");
  const own = result.kind === "answered" && result.status < 500 ? result.body.detail : undefined;
  const away = result.kind === "answered" && result.status === 503 ? result.body.detail : undefined;
  return { tone: "danger", text: away ?? own ?? `${title}. ${advice}`, fields };
}
