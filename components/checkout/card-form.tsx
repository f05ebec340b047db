"use client";

import { Lock } from "lucide-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { signInHref } from "../account/sign-in-href.ts";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { cardErrors, type CardDetails, type CardErrors } from "./card-details.ts";
import { CardFields } from "./card-fields.tsx";
import type { Notice } from "./notice-words.ts";
import { TestCards } from "./test-cards.tsx";

type CardFormProps = {
  total: string;
  orderNumber: string;
  demo: boolean;
  sending: boolean;
  notice: Notice | null;
  card: CardDetails;
  onCard: (card: CardDetails) => void;
  onPay: (card: CardDetails) => void;
};

function NoticeBox({ notice, orderNumber }: { notice: Notice | null; orderNumber: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (notice !== null) box.current?.focus();
  }, [notice]);
  return (
    <div ref={box} tabIndex={-1} aria-live="assertive" data-testid="payment-notice">
      {notice === null ? null : (
        <Alert tone={notice.tone} title={notice.title} className="mb-5">
          <p>{notice.advice}</p>
          {notice.signIn ? (
            <TextLink href={signInHref(`/checkout/${orderNumber}`)}>Sign in</TextLink>
          ) : null}
        </Alert>
      )}
    </div>
  );
}

function summaryOf(errors: CardErrors): string {
  const count = Object.keys(errors).length;
  if (count === 0) return "";
  return count === 1 ? "One field needs your attention." : `${count} fields need your attention.`;
}

/** The card form. Sends nothing until its script runs, nothing invalid, and nothing twice. */
export function CardForm({
  total,
  orderNumber,
  demo,
  sending,
  notice,
  card,
  onCard,
  onPay,
}: CardFormProps) {
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
      <NoticeBox notice={notice} orderNumber={orderNumber} />
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
