"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { currentAttempt, endAttempt } from "./attempt.ts";
import { paymentData, type CardDetails } from "./card-details.ts";
import {
  declineNotice,
  nothingArrived,
  refusalNotice,
  signedOut,
  startedElsewhere,
  type Notice,
} from "./notice-words.ts";
import { pay, type Order, type PayResult } from "./pay.ts";
import { askOrder, type Standing } from "./standing.ts";

/** What the checkout shows. */
export type Phase =
  | { kind: "form"; notice: Notice | null }
  | { kind: "sending" }
  /** The outcome is not known: the page asks until it is. `lost`: our own question got no answer. */
  | { kind: "asking"; transactionId: string; lost: boolean }
  | { kind: "action"; transactionId: string; url: string | null }
  | { kind: "paid" }
  | { kind: "authorised" };

export type Payment = {
  phase: Phase;
  pay: (card: CardDetails) => void;
  /** Takes in what the server says about the payment. */
  settle: (standing: Standing) => void;
  /** Asks the server how the order stands. */
  recheck: () => void;
};

const endsAttempt: ReadonlySet<Standing["kind"]> = new Set(["declined", "paid", "authorised"]);

const form = (notice: Notice | null): Phase => ({ kind: "form", notice });

/** The phase that follows from what the server says; null where nothing is new. */
function phaseOf(standing: Standing, now: Phase): Phase | null {
  switch (standing.kind) {
    case "paid":
    case "authorised":
      return { kind: standing.kind };
    case "processing":
      return now.kind === "asking"
        ? null
        : { kind: "asking", transactionId: standing.transactionId, lost: false };
    case "action":
      // Where the address of the bank's page is known already, it stays.
      return now.kind === "action" ? null : standing;
    case "declined":
      return now.kind === "form" ? null : form(declineNotice(standing.code, standing.message));
    case "open":
      return now.kind === "form"
        ? null
        : form(now.kind === "asking" && now.lost ? nothingArrived : startedElsewhere);
    case "signed_out":
      return form(signedOut);
    case "no_answer":
      return null;
  }
}

/** The key of one exact request: kept while its answer is missing, so that its repetition is recognised. */
function useProcessKey() {
  const last = useRef<{ body: string; key: string } | null>(null);
  return {
    keyFor(data: Record<string, string>): string {
      const body = JSON.stringify(data);
      if (last.current?.body !== body) last.current = { body, key: newIdempotencyKey() };
      return last.current.key;
    },
    forget() {
      last.current = null;
    },
  };
}

function usePhase(order: Order, initial: Phase) {
  const [phase, setPhase] = useState<Phase>(initial);
  const settle = useCallback(
    (standing: Standing) => {
      if (endsAttempt.has(standing.kind)) endAttempt(order.orderNumber);
      setPhase((now) => phaseOf(standing, now) ?? now);
    },
    [order.orderNumber],
  );
  return { phase, setPhase, settle };
}

/** Runs the payment of one order. `pay` does nothing while a payment is under way. */
export function usePayment(order: Order, initial: Phase): Payment {
  const { phase, setPhase, settle } = usePhase(order, initial);
  const processKey = useProcessKey();
  const busy = useRef(false);

  const recheck = useCallback(() => {
    if (!busy.current) void askOrder(order.id).then(settle);
  }, [order.id, settle]);

  async function afterPay(result: Exclude<PayResult, { kind: "stale" }>): Promise<void> {
    switch (result.kind) {
      case "paid":
      case "authorised":
        endAttempt(order.orderNumber);
        return setPhase(result);
      case "action":
        return setPhase(result);
      case "declined":
        return setPhase(form(declineNotice(result.code)));
      case "ask":
        return setPhase({ kind: "asking", transactionId: result.transactionId, lost: result.lost });
      case "ask_order":
        endAttempt(order.orderNumber);
        return settle(await askOrder(order.id));
      case "refused":
        return setPhase(form(refusalNotice(result.result)));
    }
  }

  async function run(card: CardDetails): Promise<void> {
    const data = paymentData(card);
    for (const isLastTry of [false, true]) {
      const result = await pay(order, currentAttempt(order.orderNumber), {
        data,
        processKey: processKey.keyFor(data),
      });
      const unanswered = result.kind === "refused" && result.result.kind === "no_answer";
      if (!unanswered && !(result.kind === "ask" && result.lost)) processKey.forget();
      if (result.kind !== "stale") return await afterPay(result);
      // The attempt ended elsewhere (another tab, another time) without taking money: one more, afresh.
      endAttempt(order.orderNumber);
      if (isLastTry) return await afterPay({ kind: "ask_order" });
    }
  }

  function start(card: CardDetails) {
    if (busy.current) return;
    busy.current = true;
    setPhase({ kind: "sending" });
    void run(card)
      // Not foreseen, so nothing is known: the server says how the order stands.
      .catch(async () => settle(await askOrder(order.id)))
      .finally(() => {
        busy.current = false;
        setPhase((now) => (now.kind === "sending" ? form(startedElsewhere) : now));
      });
  }

  useRecheckOnReturn(recheck);
  return { phase, pay: start, settle, recheck };
}

/** A page that was away (another tab paid, or Back brought it out of the browser's cache) looks again. */
function useRecheckOnReturn(recheck: () => void): void {
  useEffect(() => {
    const whenVisible = () => {
      if (document.visibilityState === "visible") recheck();
    };
    const whenRestored = (event: PageTransitionEvent) => {
      if (event.persisted) recheck();
    };
    // The router may show this page again as it was left, without asking the server.
    recheck();
    document.addEventListener("visibilitychange", whenVisible);
    window.addEventListener("pageshow", whenRestored);
    return () => {
      document.removeEventListener("visibilitychange", whenVisible);
      window.removeEventListener("pageshow", whenRestored);
    };
  }, [recheck]);
}
