"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import type { MethodProps } from "../method.ts";
import { loadScript } from "./load-script.ts";

/** The part of PayPal's script that is used here: developer.paypal.com/sdk/js/reference. */
type PayPalButtons = {
  isEligible: () => boolean;
  render: (container: HTMLElement) => Promise<void>;
  close: () => Promise<void>;
};
type PayPalSdk = {
  Buttons: (options: {
    createOrder: () => Promise<string>;
    onApprove: () => Promise<void>;
    onCancel: () => void;
    onError: () => void;
  }) => PayPalButtons;
};

function sdk(): PayPalSdk | null {
  return (window as unknown as { paypal?: PayPalSdk }).paypal ?? null;
}

function scriptAddress({ method, order, intent }: MethodProps): string {
  const query = new URLSearchParams({
    // The account that the payment was prepared at: the shop may have several.
    "client-id": intent.publishableKey || method.publicKey,
    currency: order.currency,
    // PayPal refuses an order of another intent than its script was loaded for.
    intent: method.captureMethod === "manual" ? "authorize" : "capture",
    components: "buttons",
  });
  return `${method.script ?? ""}?${query}`;
}

type Drawn = "loading" | "drawn" | "failed";

/** Draws PayPal's button into an element, which tells what the shopper does in PayPal's window. */
function useButtons(props: MethodProps, tries: number) {
  const { intent, begin, finish, abandon } = props;
  const place = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<Drawn>("loading");
  const [broke, setBroke] = useState(false);
  const parts = useRef({ begin, finish, abandon });
  useEffect(() => {
    parts.current = { begin, finish, abandon };
  });
  const { clientSecret: orderId } = intent;
  const address = scriptAddress(props);

  useEffect(() => {
    let ended = false;
    let takenOver = false;
    let buttons: PayPalButtons | null = null;
    setDrawn("loading");
    const draw = async () => {
      await loadScript(address);
      const paypal = sdk();
      if (ended || place.current === null) return;
      if (paypal === null) throw new Error("The script set nothing.");
      buttons = paypal.Buttons({
        createOrder: async () => {
          setBroke(false);
          takenOver = !(await parts.current.begin());
          if (takenOver) throw new Error("The payment goes on elsewhere.");
          return orderId;
        },
        onApprove: () => parts.current.finish(),
        onCancel: () => void parts.current.abandon(),
        onError: () => {
          if (takenOver || ended) return;
          setBroke(true);
          void parts.current.abandon();
        },
      });
      if (!buttons.isEligible()) throw new Error("PayPal offers nothing here.");
      await buttons.render(place.current);
      if (!ended) setDrawn("drawn");
    };
    draw().catch(() => {
      if (!ended) setDrawn("failed");
    });
    return () => {
      ended = true;
      void buttons?.close().catch(() => undefined);
    };
  }, [address, orderId, tries]);

  return { place, drawn, broke };
}

/**
 * PayPal by its own button: the shopper approves the payment in PayPal's window, and our server takes the
 * money after. Nothing of a card is typed here.
 */
export function PayPalMethod(props: MethodProps) {
  const { order, demo, busy } = props;
  const [tries, setTries] = useState(0);
  const { place, drawn, broke } = useButtons(props, tries);

  return (
    <Card className="p-5 sm:p-6">
      <h2 className="mb-2 text-base font-semibold">Pay with PayPal</h2>
      <p className="text-muted text-sm">
        You approve <strong className="text-ink font-semibold">{order.total}</strong> in
        PayPal&apos;s window and come back here. Nothing is charged before.
      </p>
      <div ref={place} hidden={drawn !== "drawn"} className="relative z-0 mt-6" />
      {drawn === "loading" ? (
        <p role="status" className="text-muted mt-6 flex min-h-11 items-center gap-2 text-sm">
          <Spinner className="size-4" /> Loading PayPal&apos;s button…
        </p>
      ) : null}
      {drawn === "failed" ? (
        <div role="alert" className="mt-6">
          <p className="text-sm">
            PayPal&apos;s button did not load. Nothing was charged: try again, or choose another way
            to pay.
          </p>
          <Button
            variant="secondary"
            className="mt-4"
            onClick={() => setTries((count) => count + 1)}
          >
            Try again
          </Button>
        </div>
      ) : null}
      <p role="status" className="text-muted mt-3 text-center text-xs">
        {busy
          ? "Finish in PayPal's window, or close it to come back. This page then says what came of it."
          : broke
            ? "PayPal's window ended with an error. Nothing was charged: try again."
            : null}
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
