"use client";

import { CircleCheck, ShieldCheck } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { gatewayWords } from "../transactions/words.ts";
import { Button, buttonVariants } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { TextLink } from "../ui/text-link.tsx";
import type { Asking } from "./use-asking.ts";

type PanelProps = { icon: ReactNode; title: string; children: ReactNode; takeFocus?: boolean };

/** Takes the place of the form. The focus goes to its title, so that it is read and Tab goes on from there. */
function Panel({ icon, title, children, takeFocus = true }: PanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takeFocus) heading.current?.focus();
  }, [takeFocus]);
  return (
    <Card className="p-6 sm:p-8">
      <div className="bg-neutral-tint mb-4 flex size-12 items-center justify-center rounded-full">
        {icon}
      </div>
      <h2 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <div className="text-muted mt-2 space-y-4 text-sm">{children}</div>
    </Card>
  );
}

export function PaidPanel({
  orderNumber,
  total,
  takeFocus,
}: {
  orderNumber: string;
  total: string;
  takeFocus: boolean;
}) {
  return (
    <Panel
      icon={<CircleCheck aria-hidden="true" className="text-success size-6" />}
      title="This order is paid"
      takeFocus={takeFocus}
    >
      <p role="status">
        {total} was taken once. Nothing more will be charged for order{" "}
        <span className="whitespace-nowrap">{orderNumber}</span>.
      </p>
      <div className="flex flex-wrap gap-3">
        <a href={`/orders/${orderNumber}/receipt`} className={buttonVariants({ variant: "solid" })}>
          See the receipt
        </a>
        <a href="/" className={buttonVariants({ variant: "secondary" })}>
          Back to the catalogue
        </a>
      </div>
    </Panel>
  );
}

/** The bank has set the money aside: nothing is left to do here. */
export function AuthorisedPanel({
  orderNumber,
  total,
  takeFocus,
}: {
  orderNumber: string;
  total: string;
  takeFocus: boolean;
}) {
  return (
    <Panel
      icon={<CircleCheck aria-hidden="true" className="text-success size-6" />}
      title="Payment authorised"
      takeFocus={takeFocus}
    >
      <p role="status">
        Your bank has set {total} aside for order{" "}
        <span className="whitespace-nowrap">{orderNumber}</span>. You are charged when your parts
        ship, and never more than that.
      </p>
      <div className="flex flex-wrap gap-3">
        <a href={`/orders/${orderNumber}/receipt`} className={buttonVariants({ variant: "solid" })}>
          See the confirmation
        </a>
        <a href="/" className={buttonVariants({ variant: "secondary" })}>
          Back to the catalogue
        </a>
      </div>
    </Panel>
  );
}

export function AskingPanel({
  asking,
  lost,
  orderNumber,
}: {
  asking: Asking;
  lost: boolean;
  orderNumber: string;
}) {
  return (
    <Panel icon={<Spinner className="text-info size-6" />} title="We are asking your bank">
      <div role="status" className="space-y-2">
        <p className="text-ink">You will not be charged twice.</p>
        <p>
          {lost
            ? "The connection broke while you paid, so we are finding out how it ended."
            : "Your bank has not told us yet how the payment ended."}{" "}
          This page follows it and goes on by itself.
        </p>
        {asking.offline ? (
          <p className="text-warning font-medium">
            There is no connection at the moment. Nothing is lost: we ask again as soon as you are
            back online.
          </p>
        ) : null}
        {asking.slow ? (
          <p>
            This takes longer than usual. You may close the page: we keep asking, and{" "}
            <TextLink href={`/orders/${orderNumber}`}>your order</TextLink> will show the result.
          </p>
        ) : null}
      </div>
    </Panel>
  );
}

type ActionPanelProps = {
  gateway: string;
  /** Where the shopper confirms; null: in the gateway's own fields on this page. */
  url: string | null;
  onCheck: () => void;
  onContinue: () => void;
  onAbandon: () => Promise<void>;
};

/** A payment waits for the shopper: with their bank, or at a gateway. */
export function ActionPanel({ gateway, url, onCheck, onContinue, onAbandon }: ActionPanelProps) {
  const isAtBank = gateway === "dummy" || gateway === "";
  const name = gatewayWords(gateway);
  const [checked, setChecked] = useState(false);
  const [leaving, setLeaving] = useState(false);
  return (
    <Panel
      icon={<ShieldCheck aria-hidden="true" className="text-warning size-6" />}
      title={isAtBank ? "Confirm the payment with your bank" : `Finish the payment with ${name}`}
    >
      <p>
        {isAtBank
          ? "Your bank wants to know that it is you. Nothing is charged until you confirm."
          : "This payment was begun and waits for you. Nothing is charged until you confirm it."}
      </p>
      <p role="status" className="text-ink font-medium empty:hidden">
        {checked ? "It is not confirmed yet. This page goes on as soon as it is." : ""}
      </p>
      <div className="flex flex-wrap gap-3">
        {url === null ? (
          <Button onClick={onContinue}>Continue</Button>
        ) : (
          <a href={url} className={buttonVariants({ variant: "primary" })}>
            Continue to {isAtBank ? "your bank" : name}
          </a>
        )}
        <Button
          variant="secondary"
          onClick={() => {
            setChecked(true);
            onCheck();
          }}
        >
          I have confirmed it
        </Button>
        <Button
          variant="secondary"
          busy={leaving}
          onClick={() => {
            setLeaving(true);
            void onAbandon().finally(() => setLeaving(false));
          }}
        >
          Pay another way
        </Button>
      </div>
    </Panel>
  );
}
