"use client";

import { useEffect, useRef, useState } from "react";
import { emptyCard, type CardDetails } from "./card-details.ts";
import { CardForm } from "./card-form.tsx";
import { GatewayMethod } from "./gateway-method.tsx";
import { MethodPicker } from "./method-picker.tsx";
import type { CheckoutMethod, PayableOrder } from "./method.ts";
import { NoticeBox } from "./notice-box.tsx";
import { declineNotice } from "./notice-words.ts";
import { ActionPanel, AskingPanel, AuthorisedPanel, PaidPanel } from "./outcome-panels.tsx";
import { useAsking } from "./use-asking.ts";
import { giveUp } from "./use-gateway-payment.ts";
import { usePayment, type Payment, type Phase } from "./use-payment.ts";

/** How the payment stood when the server made the page. */
export type InitialStanding =
  | { kind: "form"; gateway: string; declinedCode: string | null; wasDeclined: boolean }
  | { kind: "asking"; transactionId: string }
  | { kind: "action"; transactionId: string; gateway: string; url: string | null };

type CheckoutPanelProps = {
  order: PayableOrder;
  /** The ways to pay that take this order, the first choice first; at least one. */
  methods: readonly [CheckoutMethod, ...CheckoutMethod[]];
  demo: boolean;
  initial: InitialStanding;
};

function firstPhase(initial: InitialStanding): Phase {
  switch (initial.kind) {
    case "form":
      return {
        kind: "form",
        gateway: initial.gateway,
        notice: initial.wasDeclined ? declineNotice(initial.declinedCode) : null,
      };
    case "asking":
      return { kind: "asking", transactionId: initial.transactionId, lost: false };
    case "action":
      return initial;
  }
}

/** A whole new page, where the payment goes on: Back then loads this one afresh, and finds how it stands. */
function useGoingOn(orderNumber: string, phase: Phase, startsFollowing: boolean): () => void {
  // Only what this visit began, or watches, goes on by itself: a page that is come back to stays.
  const follows = useRef(startsFollowing);
  const goal =
    phase.kind === "paid" || phase.kind === "authorised"
      ? `/orders/${orderNumber}/receipt`
      : phase.kind === "action"
        ? phase.url
        : null;
  useEffect(() => {
    if (goal === null || !follows.current) return;
    follows.current = false;
    window.location.assign(goal);
  }, [goal]);
  return () => {
    follows.current = true;
  };
}

type FormProps = Omit<CheckoutPanelProps, "initial"> & {
  payment: Payment;
  choice: ReturnType<typeof useChoice>;
  follow: () => void;
};

/**
 * Which way is chosen, and what was typed of a card: kept while an outcome is asked for. It is the shopper's
 * choice, the one whose payment goes on, or the next where a gateway was not reached.
 */
function useChoice(methods: CheckoutPanelProps["methods"], phase: Phase) {
  const offered = (name: string) => methods.find(({ gateway }) => gateway === name);
  const last = phase.kind === "form" ? (phase.gateway ?? "") : "";
  const [chosen, setChosen] = useState((offered(last) ?? methods[0]).gateway);
  const [card, setCard] = useState<CardDetails>(emptyCard);
  const avoided = useRef(new Set<string>());
  const notice = phase.kind === "form" ? phase.notice : null;
  useEffect(() => {
    const gateway = notice?.avoid;
    if (gateway === undefined) return;
    avoided.current.add(gateway);
    const next = methods.find((method) => !avoided.current.has(method.gateway));
    if (next) setChosen((now) => (now === gateway ? next.gateway : now));
  }, [notice, methods]);
  function choose(name: string) {
    const method = offered(name);
    if (method) setChosen(method.gateway);
  }
  return { chosen, choose, card, setCard };
}

/** The ways to pay, and the part of the one that is chosen. */
function PaymentForm({ order, methods, demo, payment, choice, follow }: FormProps) {
  const { chosen, choose, card, setCard } = choice;
  const { phase } = payment;
  const method = methods.find(({ gateway }) => gateway === chosen) ?? methods[0];
  const sending = phase.kind === "sending";
  return (
    <div>
      <NoticeBox
        notice={phase.kind === "form" ? phase.notice : null}
        orderNumber={order.orderNumber}
      />
      <MethodPicker
        methods={methods}
        selected={method.gateway}
        disabled={sending}
        onSelect={choose}
      />
      {method.gateway === "dummy" ? (
        <CardForm
          total={order.total}
          demo={demo}
          sending={sending}
          card={card}
          onCard={setCard}
          onPay={(details) => {
            follow();
            payment.pay(details);
          }}
        />
      ) : (
        <GatewayMethod
          key={method.gateway}
          method={method}
          order={order}
          demo={demo}
          payment={payment}
          onBegin={follow}
        />
      )}
    </div>
  );
}

/** The part of the checkout that moves: how to pay, and what came of it. */
export function CheckoutPanel({ order, methods, demo, initial }: CheckoutPanelProps) {
  const { id, orderNumber, total } = order;
  const payment = usePayment({ id, orderNumber, gateway: "dummy" }, firstPhase(initial));
  const { phase } = payment;
  const choice = useChoice(methods, phase);
  const asked = phase.kind === "asking" || phase.kind === "action" ? phase : null;
  const asking = useAsking(asked?.transactionId ?? null, asked?.kind === "action", payment.settle);
  const follow = useGoingOn(orderNumber, phase, initial.kind === "asking");

  switch (phase.kind) {
    case "paid":
      return <PaidPanel orderNumber={orderNumber} total={total} takeFocus />;
    case "authorised":
      return <AuthorisedPanel orderNumber={orderNumber} total={total} takeFocus />;
    case "asking":
      return <AskingPanel asking={asking} lost={phase.lost} orderNumber={orderNumber} />;
    case "action":
      return (
        <ActionPanel
          gateway={phase.gateway}
          url={phase.url}
          onCheck={payment.recheck}
          onContinue={() => {
            choice.choose(phase.gateway);
            payment.openForm();
          }}
          onAbandon={() => giveUp(phase.transactionId, payment)}
        />
      );
    case "form":
    case "sending":
      return (
        <PaymentForm
          order={order}
          methods={methods}
          demo={demo}
          payment={payment}
          choice={choice}
          follow={follow}
        />
      );
  }
}
