"use client";

import { Lock } from "lucide-react";
import { useRef, useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { cardErrors, type CardDetails, type CardErrors } from "./card-details.ts";
import { CardFields } from "./card-fields.tsx";
import { TestCards } from "./test-cards.tsx";

type CardFormProps = {
  total: string;
  demo: boolean;
  sending: boolean;
  card: CardDetails;
  onCard: (card: CardDetails) => void;
  onPay: (card: CardDetails) => void;
};

function summaryOf(errors: CardErrors): string {
  const count = Object.keys(errors).length;
  if (count === 0) return "";
  return count === 1 ? "One field needs your attention." : `${count} fields need your attention.`;
}

/** The card form. Sends nothing until its script runs, nothing invalid, and nothing twice. */
export function CardForm({ total, demo, sending, card, onCard, onPay }: CardFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const hydrated = useHydrated();
  const [errors, setErrors] = useState<CardErrors>({});
  const [refusals, setRefusals] = useState(0);
  useFocusInvalid(form, refusals);

  function change(part: Partial<CardDetails>) {
    const next = { ...card, ...part };
    onCard(next);
    // A mark goes as soon as what it points at is mended; none appears before Pay is pressed.
    if (Object.keys(errors).length > 0) {
      const left = cardErrors(next, new Date());
      setErrors(Object.fromEntries(Object.entries(left).filter(([field]) => field in errors)));
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (sending) return;
    const found = cardErrors(card, new Date());
    setErrors(found);
    if (Object.keys(found).length > 0) return setRefusals((count) => count + 1);
    onPay(card);
  }

  return (
    <Card className="p-5 sm:p-6">
      <form ref={form} method="post" noValidate onSubmit={submit} aria-labelledby="pay-by-card">
        <h2 id="pay-by-card" className="mb-4 text-base font-semibold">
          Pay by card
        </h2>
        <p aria-live="assertive" className="sr-only">
          {summaryOf(errors)}
        </p>
        <CardFields card={card} errors={errors} disabled={sending} onChange={change} />
        <Button
          type="submit"
          size="large"
          busy={sending}
          disabled={!hydrated}
          className="mt-6 w-full"
        >
          {sending ? "Paying…" : `Pay ${total}`}
        </Button>
        <p className="text-muted mt-3 flex items-center justify-center gap-1.5 text-xs">
          <Lock aria-hidden="true" className="size-3.5" /> You are charged once, whatever happens to
          this page.
        </p>
        <noscript>
          <p className="mt-4 text-sm">
            Paying by card needs JavaScript. Nothing is charged without it.
          </p>
        </noscript>
      </form>
      {demo ? (
        <div className="mt-6">
          <TestCards
            disabled={!hydrated || sending}
            onChoose={(chosen) => {
              onCard(chosen);
              setErrors({});
            }}
          />
        </div>
      ) : null}
    </Card>
  );
}
