"use client";

import { useEffect, useState } from "react";
import { askTransaction, type Standing } from "./standing.ts";

// Half a minute of quick questions, then ever fewer: the server asks the gateway on its own as well.
const delaysMs = [1_000, 1_500, 2_000, 2_000, 3_000, 3_000, 5_000, 5_000, 8_000, 10_000];
const longestDelayMs = 15_000;

// A request that was cut off may still be on its way: "nothing arrived" is believed the third time.
const opensBelieved = 3;
const slowAfterMs = 45_000;

/** How the asking goes: the last question had no answer; or it takes long. */
export type Asking = { offline: boolean; slow: boolean };

/**
 * Asks about one transaction until its outcome is known, and hands that to `onKnown`. While the shopper
 * is awaited at the bank (`shopperAwaited`), that the bank still waits is no news.
 */
export function useAsking(
  transactionId: string | null,
  shopperAwaited: boolean,
  onKnown: (standing: Standing) => void,
): Asking {
  const [asking, setAsking] = useState<Asking>({ offline: false, slow: false });

  useEffect(() => {
    if (transactionId === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    let running = false;
    let questions = 0;
    let opens = 0;
    const startedAt = Date.now();

    const isFinal = (standing: Standing): boolean => {
      if (standing.kind === "open") opens += 1;
      if (standing.kind === "open") return opens >= opensBelieved;
      if (standing.kind === "action") return !shopperAwaited;
      return standing.kind !== "processing" && standing.kind !== "no_answer";
    };
    const ask = async () => {
      if (running || ended) return;
      running = true;
      clearTimeout(timer);
      const standing = await askTransaction(transactionId);
      running = false;
      // The effect may have been cleaned up while the answer was awaited.
      if (isEnded()) return;
      if (isFinal(standing)) return onKnown(standing);
      setAsking({
        offline: standing.kind === "no_answer",
        slow: Date.now() - startedAt > slowAfterMs,
      });
      timer = setTimeout(() => void ask(), delaysMs[questions] ?? longestDelayMs);
      questions += 1;
    };
    const isEnded = () => ended;
    const askNow = () => void ask();

    timer = setTimeout(askNow, delaysMs[0]);
    window.addEventListener("online", askNow);
    return () => {
      ended = true;
      clearTimeout(timer);
      window.removeEventListener("online", askNow);
    };
  }, [transactionId, shopperAwaited, onKnown]);

  return asking;
}
