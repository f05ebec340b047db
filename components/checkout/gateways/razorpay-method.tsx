"use client";

import { Lock } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Alert } from "../../ui/alert.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { useHydrated } from "../../ui/use-hydrated.ts";
import type { MethodProps } from "../method.ts";
import { loadScript } from "./load-script.ts";

type Paid = {
  razorpay_payment_id: string;
  razorpay_order_id: string;
  razorpay_signature: string;
};

/** What of Razorpay's script is used here. */
type Checkout = { open: () => void; close: () => void };
type CheckoutOptions = {
  key: string;
  order_id: string;
  /** In the currency's smallest unit. What is charged is what the order at Razorpay says. */
  amount: number;
  currency: string;
  name: string;
  handler: (paid: Paid) => void;
  modal: { ondismiss: () => void };
};

declare global {
  interface Window {
    Razorpay?: new (options: CheckoutOptions) => Checkout;
  }
}

/**
 * Razorpay takes the payment in a window over this page: the order is claimed, then the window opens.
 * What it gives back goes to our server, which asks Razorpay.
 */
export function RazorpayMethod({
  method,
  order,
  intent,
  demo,
  busy,
  begin,
  finish,
  abandon,
}: MethodProps) {
  const hydrated = useHydrated();
  const [waiting, setWaiting] = useState(false);
  const [failed, setFailed] = useState(false);
  const open = useRef<Checkout | null>(null);

  // The window goes with this part of the page.
  useEffect(() => () => open.current?.close(), []);

  async function pay() {
    setFailed(false);
    if (method.script === null) return;
    await loadScript(method.script).catch(() => undefined);
    const { Razorpay } = window;
    if (Razorpay === undefined) return setFailed(true);
    if (!(await begin())) return;
    const checkout = new Razorpay({
      key: intent.publishableKey,
      order_id: intent.clientSecret,
      amount: Number(order.amount.replace(".", "")),
      currency: order.currency,
      name: `Order ${order.orderNumber}`,
      handler: ({ razorpay_payment_id, razorpay_order_id, razorpay_signature }) => {
        wait(finish({ razorpay_payment_id, razorpay_order_id, razorpay_signature }));
      },
      modal: { ondismiss: () => wait(abandon()) },
    });
    open.current = checkout;
    checkout.open();
  }

  // Until our server has said what came of it, nothing else is begun.
  function wait(work: Promise<void>) {
    setWaiting(true);
    void work.finally(() => setWaiting(false));
  }

  return (
    <Card className="p-5 sm:p-6">
      <h2 className="mb-2 text-base font-semibold">Pay with Razorpay</h2>
      <p className="text-muted text-sm">
        A window of Razorpay&apos;s opens over this page. You pay there by card, UPI or netbanking,
        and come back here by yourself.
      </p>
      <div aria-live="assertive">
        {failed ? (
          <Alert tone="warning" title="Razorpay's window could not be loaded" className="mt-4">
            <p>Nothing was charged. Try again, or choose another way to pay.</p>
          </Alert>
        ) : null}
      </div>
      <Button
        size="large"
        busy={busy || waiting}
        disabled={!hydrated}
        onClick={() => wait(pay())}
        className="mt-6 w-full"
      >
        Pay {order.total} with Razorpay
      </Button>
      <p className="text-muted mt-3 flex items-center justify-center gap-1.5 text-xs">
        <Lock aria-hidden="true" className="size-3.5" /> You are charged once, whatever happens to
        this page.
      </p>
      {demo ? (
        <p className="border-line text-muted mt-5 border-t pt-4 text-xs">
          Test mode: the window is a sandbox of ours, in which you can pay, be declined, or cancel.
          No real money moves.
        </p>
      ) : null}
      <noscript>
        <p className="mt-4 text-sm">Paying here needs JavaScript. Nothing is charged without it.</p>
      </noscript>
    </Card>
  );
}
