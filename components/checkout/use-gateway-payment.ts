"use client";

import { useEffect, useState } from "react";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { currentAttempt, endAttempt } from "./attempt.ts";
import type { CheckoutMethod, PayableOrder, PreparedIntent } from "./method.ts";
import { attemptName, cancelPayment, prepareIntent, processPayment, type Order } from "./pay.ts";
import type { Payment, StepResult } from "./use-payment.ts";

export type GatewayPayment = {
  /** null while it is being prepared, or where that was refused: the notice says why. */
  intent: PreparedIntent | null;
  /** Preparing was refused, or got no answer. */
  failed: boolean;
  retry: () => void;
  begin: () => Promise<boolean>;
  finish: (paymentData?: Record<string, string>) => Promise<void>;
  abandon: () => Promise<void>;
};

type Prepared = Pick<GatewayPayment, "intent" | "failed" | "retry">;

/** Prepares the intent when the way is chosen, and another one when an attempt has ended. */
function usePreparedIntent(order: Order, { take, recheck, attempt }: Payment): Prepared {
  const { id, orderNumber, gateway } = order;
  const [intent, setIntent] = useState<PreparedIntent | null>(null);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let ended = false;
    const isEnded = () => ended;
    const at = { id, orderNumber, gateway };
    const name = attemptName(at);
    setIntent(null);
    setFailed(false);
    const prepare = async () => {
      let result = await prepareIntent(at, currentAttempt(name));
      if (result.kind === "stale") {
        endAttempt(name);
        result = await prepareIntent(at, currentAttempt(name));
      }
      if (isEnded()) return;
      if (result.kind === "intent") return setIntent(result);
      // What was refused is asked for anew, under a new key, when the shopper tries again.
      endAttempt(name);
      setFailed(true);
      // A conflict starts no attempt by itself: one that stays would be run into for ever.
      if (result.kind === "ask_order" || result.kind === "stale") return recheck();
      await take(result);
    };
    void prepare();
    return () => {
      ended = true;
    };
  }, [id, orderNumber, gateway, attempt, tries, take, recheck]);

  return { intent, failed, retry: () => setTries((count) => count + 1) };
}

/**
 * Pays by a gateway's own fields, window or page: prepares the intent, claims the order before the
 * shopper may pay, and has the server ask the gateway after. One attempt at a time.
 */
export function useGatewayPayment(
  { id, orderNumber }: PayableOrder,
  { gateway, script }: CheckoutMethod,
  payment: Payment,
): GatewayPayment {
  const order = { id, orderNumber, gateway };
  const prepared = usePreparedIntent(order, payment);
  const transactionId = prepared.intent?.transactionId ?? null;

  async function process(data?: Record<string, string>): Promise<StepResult | "on page"> {
    if (transactionId === null) return { kind: "ask_order" };
    const key = newIdempotencyKey();
    const result = await processPayment(order, transactionId, { method: gateway, data, key });
    const isOnPage = result.kind === "fields" || (result.kind === "action" && script !== null);
    if (isOnPage) return "on page";
    return result.kind === "stale" ? { kind: "ask_order" } : result;
  }

  async function begin(): Promise<boolean> {
    payment.hold();
    const result = await process();
    if (result === "on page") return true;
    payment.release();
    await payment.take(result);
    return false;
  }

  async function finish(data?: Record<string, string>): Promise<void> {
    const result = await process(data);
    payment.release();
    await payment.take(result === "on page" ? { kind: "unfinished" } : result);
  }

  async function abandon(): Promise<void> {
    if (transactionId === null) return;
    await giveUp(transactionId, payment);
    payment.release();
  }

  return { ...prepared, begin, finish, abandon };
}

/** Gives a payment up and shows what came of that. */
export async function giveUp(
  transactionId: string,
  { take, settle }: Pick<Payment, "take" | "settle">,
): Promise<void> {
  const standing = await cancelPayment(transactionId);
  if (standing.kind === "declined") await take({ kind: "given_up" });
  else settle(standing);
}
