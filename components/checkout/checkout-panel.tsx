"use client";

import { useEffect, useRef, useState } from "react";
import { AskingPanel, ActionPanel, AuthorisedPanel, PaidPanel } from "./outcome-panels.tsx";
import { emptyCard, type CardDetails } from "./card-details.ts";
import { CardForm } from "./card-form.tsx";
import { declineNotice } from "./notice-words.ts";
import type { Order } from "./pay.ts";
import { useAsking } from "./use-asking.ts";
import { usePayment, type Phase } from "./use-payment.ts";

/** How the payment stood when the server made the page. */
export type InitialStanding =
  | { kind: "form"; declinedCode: string | null; wasDeclined: boolean }
  | { kind: "asking"; transactionId: string }
  | { kind: "action"; transactionId: string; url: string | null };

type CheckoutPanelProps = { order: Order; total: string; demo: boolean; initial: InitialStanding };

function firstPhase(initial: InitialStanding): Phase {
  switch (initial.kind) {
    case "form":
      return {
        kind: "form",
        notice: initial.wasDeclined ? declineNotice(initial.declinedCode) : null,
      };
    case "asking":
      return { kind: "asking", transactionId: initial.transactionId, lost: false };
    case "action":
      return initial;
  }
}

/** The part of the checkout that moves: the card form, and what came of it. */
export function CheckoutPanel({ order, total, demo, initial }: CheckoutPanelProps) {
  const [card, setCard] = useState<CardDetails>(emptyCard);
  const payment = usePayment(order, firstPhase(initial));
  const { phase } = payment;
  const asked = phase.kind === "asking" || phase.kind === "action" ? phase : null;
  const asking = useAsking(asked?.transactionId ?? null, asked?.kind === "action", payment.settle);
  // Only what this visit began, or watches, goes on by itself: a page that is come back to stays.
  const follows = useRef(initial.kind === "asking");
  const goal =
    phase.kind === "paid" || phase.kind === "authorised"
      ? `/orders/${order.orderNumber}/receipt`
      : phase.kind === "action"
        ? phase.url
        : null;

  // A whole new page: Back then loads this one afresh, and finds how the order stands.
  useEffect(() => {
    if (goal === null || !follows.current) return;
    follows.current = false;
    window.location.assign(goal);
  }, [goal]);

  switch (phase.kind) {
    case "paid":
      return <PaidPanel orderNumber={order.orderNumber} total={total} takeFocus />;
    case "authorised":
      return <AuthorisedPanel orderNumber={order.orderNumber} total={total} takeFocus />;
    case "asking":
      return <AskingPanel asking={asking} lost={phase.lost} orderNumber={order.orderNumber} />;
    case "action":
      return (
        <ActionPanel url={phase.url} orderNumber={order.orderNumber} onCheck={payment.recheck} />
      );
    case "form":
    case "sending":
      return (
        <CardForm
          total={total}
          orderNumber={order.orderNumber}
          demo={demo}
          sending={phase.kind === "sending"}
          notice={phase.kind === "form" ? phase.notice : null}
          card={card}
          onCard={setCard}
          onPay={(details) => {
            follows.current = true;
            payment.pay(details);
          }}
        />
      );
  }
}
