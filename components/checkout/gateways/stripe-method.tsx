"use client";

import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { Appearance, Stripe } from "@stripe/stripe-js";
import { Lock } from "lucide-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import type { MethodProps } from "../method.ts";
import { loadScript } from "./load-script.ts";

type Loaded = "loading" | "failed" | { stripe: Stripe; appearance: Appearance };

/** The colours of this page, in the form that Stripe's fields take them. */
function appearanceNow(): Appearance {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    theme: isDark ? "night" : "stripe",
    variables: {
      colorPrimary: colour("--focus"),
      colorBackground: colour("--surface"),
      colorText: colour("--ink"),
      colorTextSecondary: colour("--muted"),
      colorDanger: colour("--danger"),
      borderRadius: "8px",
      fontFamily: "system-ui, sans-serif",
    },
  };
}

/** Stripe's script and the account's client of it. */
function useStripeScript({ script, publicKey }: MethodProps["method"], tries: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>("loading");
  useEffect(() => {
    let ended = false;
    setLoaded("loading");
    loadScript(script ?? "")
      .then(() => {
        if (!window.Stripe) throw new Error("The script set nothing.");
        const stripe = window.Stripe(publicKey);
        if (!ended) setLoaded({ stripe, appearance: appearanceNow() });
      })
      .catch(() => {
        if (!ended) setLoaded("failed");
      });
    return () => {
      ended = true;
    };
  }, [script, publicKey, tries]);
  return loaded;
}

/** Where Stripe sends a shopper back to whose bank took them off this page. */
function returnAddress(transactionId: string): string {
  const address = new URL(window.location.href);
  address.hash = "";
  address.search = new URLSearchParams({ transaction: transactionId }).toString();
  return address.href;
}

const incomplete = "Something is missing or wrong in the fields above. Nothing was charged.";

/** One payment at a time: checked by the fields, claimed here, made by Stripe, asked for by our server. */
function usePay({ intent, begin, finish }: MethodProps) {
  const stripe = useStripe();
  const elements = useElements();
  const running = useRef(false);
  const [paying, setPaying] = useState(false);
  const [problem, setProblem] = useState("");

  async function attempt(): Promise<void> {
    if (!stripe || !elements) return;
    const { error } = await elements.submit();
    if (error) return setProblem(incomplete);
    if (!(await begin())) return;
    const { clientSecret, transactionId } = intent;
    const confirmParams = { return_url: returnAddress(transactionId) };
    // What the browser says came of it is no proof: the server asks Stripe, whatever it is.
    const said = await stripe
      .confirmPayment({ elements, clientSecret, confirmParams, redirect: "if_required" })
      .catch(() => null);
    if (said?.error?.type === "validation_error") setProblem(incomplete);
    await finish();
  }

  function pay(event: FormEvent): void {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setProblem("");
    setPaying(true);
    attempt()
      .catch(() => setProblem("Reload this page to see how the payment stands."))
      .finally(() => {
        running.current = false;
        setPaying(false);
      });
  }

  return { pay, paying, problem };
}

function Fields(props: MethodProps & { onBroken: () => void }) {
  const { order, busy, onBroken } = props;
  const [ready, setReady] = useState(false);
  const { pay, paying, problem } = usePay(props);
  return (
    <form method="post" noValidate onSubmit={pay} aria-labelledby="pay-by-stripe">
      {ready ? null : <Loading />}
      <PaymentElement onReady={() => setReady(true)} onLoadError={onBroken} />
      <p aria-live="assertive" className="text-danger mt-3 text-sm">
        {problem}
      </p>
      <Button
        type="submit"
        size="large"
        busy={busy || paying}
        disabled={!ready}
        className="mt-4 w-full"
      >
        {busy || paying ? "Paying…" : `Pay ${order.total}`}
      </Button>
      <p className="text-muted mt-3 flex items-center justify-center gap-1.5 text-xs">
        <Lock aria-hidden="true" className="size-3.5" /> You are charged once, whatever happens to
        this page.
      </p>
    </form>
  );
}

function Loading() {
  return (
    <p role="status" className="text-muted flex min-h-11 items-center gap-2 text-sm">
      <Spinner className="size-4" /> Loading Stripe&apos;s fields…
    </p>
  );
}

/**
 * A card or another way that Stripe offers, in Stripe's own fields on this page: nothing of a card passes
 * through the shop.
 */
export function StripeMethod(props: MethodProps) {
  const { method, intent, demo } = props;
  const [tries, setTries] = useState(0);
  const [broken, setBroken] = useState(false);
  const loaded = useStripeScript(method, tries);
  const failed = broken || loaded === "failed";
  return (
    <Card className="p-5 sm:p-6">
      <h2 id="pay-by-stripe" className="mb-4 text-base font-semibold">
        Pay with Stripe
      </h2>
      {failed ? (
        <div role="alert">
          <p className="text-sm">
            Stripe&apos;s fields did not load. Nothing was charged: try again, or choose another way
            to pay.
          </p>
          <Button
            variant="secondary"
            className="mt-4"
            onClick={() => {
              setBroken(false);
              setTries((count) => count + 1);
            }}
          >
            Try again
          </Button>
        </div>
      ) : loaded === "loading" ? (
        <Loading />
      ) : typeof loaded === "object" ? (
        <Elements
          stripe={loaded.stripe}
          options={{ clientSecret: intent.clientSecret, appearance: loaded.appearance }}
        >
          <Fields {...props} onBroken={() => setBroken(true)} />
        </Elements>
      ) : null}
      {demo ? (
        <p className="border-line text-muted mt-5 border-t pt-4 text-xs">
          Test mode: the fields are a sandbox of ours and list its test cards. No real money moves.
        </p>
      ) : null}
      <noscript>
        <p className="mt-4 text-sm">Paying here needs JavaScript. Nothing is charged without it.</p>
      </noscript>
    </Card>
  );
}
