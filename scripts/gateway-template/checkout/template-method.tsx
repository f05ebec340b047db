"use client";

import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../components/ui/button.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { useHydrated } from "../../../components/ui/use-hydrated.ts";
import type { MethodProps } from "../../../components/checkout/method.ts";

/**
 * Template takes the payment on a page of its own: the order is claimed, then the checkout sends the
 * shopper there. Nothing of a card is typed here.
 */
export function TemplateMethod({ order, demo, busy, begin }: MethodProps) {
  const hydrated = useHydrated();
  const [leaving, setLeaving] = useState(false);

  function leave() {
    setLeaving(true);
    // Where the checkout does not take over, the shopper may press again.
    void begin().finally(() => setLeaving(false));
  }

  return (
    <Card className="p-5 sm:p-6">
      <h2 className="mb-2 text-base font-semibold">Pay with Template</h2>
      <p className="text-muted text-sm">
        You pay <strong className="text-ink font-semibold">{order.total}</strong> on Template&apos;s
        own page, and come back here afterwards.
      </p>
      <Button
        size="large"
        busy={busy || leaving}
        disabled={!hydrated}
        onClick={leave}
        className="mt-6 w-full"
      >
        Continue to Template
        <ExternalLink aria-hidden="true" className="size-4" />
      </Button>
      <p className="text-muted mt-3 text-center text-xs">
        Nothing is charged until you confirm there.
      </p>
      {demo ? (
        <p className="border-line text-muted mt-5 border-t pt-4 text-xs">
          Test mode: the page is a sandbox of ours. No real money moves.
        </p>
      ) : null}
      <noscript>
        <p className="mt-4 text-sm">Paying here needs JavaScript. Nothing is charged without it.</p>
      </noscript>
    </Card>
  );
}
