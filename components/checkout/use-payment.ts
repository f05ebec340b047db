"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { currentAttempt, endAttempt } from "./attempt.ts";
import { paymentData, type CardDetails } from "./card-details.ts";
import {
  declineNotice,
  givenUp,
  nothingArrived,
  refusalNotice,
  signedOut,
  startedElsewhere,
  unfinished,
  type Notice,
} from "./notice-words.ts";
import { methodWords } from "./method-words.ts";
import { attemptName, pay, type Order, type PayResult } from "./pay.ts";
import { askOrder, type Standing } from "./standing.ts";

/** What the checkout shows. */
export type Phase =
  /** `gateway`: whose payment was the last one, and is chosen first. */
  | { kind: "form"; notice: Notice | null; gateway?: string }
  | { kind: "sending" }
  /** The outcome is not known: the page asks until it is. `lost`: our own question got no answer. */
  | { kind: "asking"; transactionId: string; lost: boolean }
  | { kind: "action"; transactionId: string; gateway: string; url: string | null }
  | { kind: "paid" }
  | { kind: "authorised" };

/** What came of a step, with what only a gateway's own part can come to. */
export type StepResult =
  Exclude<PayResult, { kind: "stale" }> | { kind: "unfinished" | "given_up" };

export type Payment = {
  phase: Phase;
  /** Counts attempts: another number is another attempt. */
  attempt: number;
  pay: (card: CardDetails) => void;
  /** Shows what came of a step. */
  take: (result: StepResult) => Promise<void>;
  /** The shopper is in a gateway's window: what else is heard of the order does not disturb them. */
  hold: () => void;
  release: () => void;
  /** Back to the form, to go on with what waits for the shopper there. */
  openForm: () => void;
  /** Takes in what the server says about the payment. */
  settle: (standing: Standing) => void;
  /** Asks the server how the order stands. */
  recheck: () => void;
};

const endsAttempt: ReadonlySet<Standing["kind"]> = new Set(["declined", "paid", "authorised"]);

/** Every way to pay an order has an attempt of its own; all of them end with the order's payment. */
function endAttempts(orderNumber: string): void {
  for (const gateway of Object.keys(methodWords)) {
    endAttempt(attemptName({ id: 0, orderNumber, gateway }));
  }
}

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
  const [phase, setPhase] = useState<Phase>(() => {
    // A page that opens on a refusal begins anew: what was tried has ended, on the gateway's page perhaps.
    if (initial.kind === "form" && initial.notice !== null) endAttempts(order.orderNumber);
    return initial;
  });
  const [attempt, setAttempt] = useState(0);
  const { orderNumber } = order;
  // The shopper goes on in the form with what waits for them: that it waits is no news then.
  const goingOn = useRef(false);
  const nextAttempt = useCallback(() => {
    goingOn.current = false;
    endAttempts(orderNumber);
    setAttempt((count) => count + 1);
  }, [orderNumber]);
  const shown = useRef(phase);
  useEffect(() => {
    shown.current = phase;
  }, [phase]);
  const settle = useCallback(
    (standing: Standing) => {
      // That an earlier payment was refused is no news to the form, which prepares another one already.
      const isNews = standing.kind !== "declined" || shown.current.kind !== "form";
      if (standing.kind === "action" && goingOn.current) return;
      setPhase((now) => phaseOf(standing, now) ?? now);
      if (isNews && endsAttempt.has(standing.kind)) nextAttempt();
    },
    [nextAttempt],
  );
  const openForm = useCallback(() => {
    goingOn.current = true;
    setPhase(form(null));
  }, []);
  return { phase, setPhase, settle, attempt, nextAttempt, openForm };
}

/** Shows what came of a step of the payment. */
function useTake(order: Order, { setPhase, settle, nextAttempt }: ReturnType<typeof usePhase>) {
  const { id: orderId } = order;
  return useCallback(
    async (result: StepResult): Promise<void> => {
      switch (result.kind) {
        case "paid":
        case "authorised":
          nextAttempt();
          return setPhase(result);
        case "action":
          return setPhase(result);
        case "fields":
          return setPhase({ ...result, kind: "action", url: null });
        case "unfinished":
          return setPhase(form(unfinished));
        case "given_up":
          nextAttempt();
          return setPhase(form(givenUp));
        case "declined":
          nextAttempt();
          return setPhase(form(declineNotice(result.code)));
        case "ask":
          return setPhase({
            kind: "asking",
            transactionId: result.transactionId,
            lost: result.lost,
          });
        case "ask_order":
          // What this page had prepared is of no more use.
          nextAttempt();
          return settle(await askOrder(orderId));
        case "refused":
          return setPhase(form(refusalNotice(result.result, result.gateway)));
      }
    },
    [orderId, nextAttempt, setPhase, settle],
  );
}

/** Runs the payment of one order. `pay` does nothing while a payment is under way. */
export function usePayment(order: Order, initial: Phase): Payment {
  const state = usePhase(order, initial);
  const { phase, setPhase, settle, attempt, openForm } = state;
  const take = useTake(order, state);
  const processKey = useProcessKey();
  const busy = useRef(false);

  const recheck = useCallback(() => {
    if (!busy.current) void askOrder(order.id).then(settle);
  }, [order.id, settle]);

  async function run(card: CardDetails): Promise<void> {
    const data = paymentData(card);
    for (const isLastTry of [false, true]) {
      const result = await pay(order, currentAttempt(order.orderNumber), {
        data,
        processKey: processKey.keyFor(data),
      });
      const unanswered = result.kind === "refused" && result.result.kind === "no_answer";
      if (!unanswered && !(result.kind === "ask" && result.lost)) processKey.forget();
      if (result.kind !== "stale") return await take(result);
      // The attempt ended elsewhere (another tab, another time) without taking money: one more, afresh.
      endAttempt(order.orderNumber);
      if (isLastTry) return await take({ kind: "ask_order" });
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
  const hold = useCallback(() => {
    busy.current = true;
  }, []);
  const release = useCallback(() => {
    busy.current = false;
  }, []);
  return {
    phase,
    attempt,
    pay: start,
    take,
    hold,
    release,
    openForm,
    settle,
    recheck,
  };
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
