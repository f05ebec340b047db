"use client";

import { useRef, useState, type FormEvent } from "react";
import { displayMoney, parseAmount } from "#lib/domain/money";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import type { ActionResult } from "./action-call.ts";
import { readAmount } from "./read-amount.ts";

type RefundFormProps = {
  currency: string;
  refundable: string;
  destination: string;
  /** False: the amount is what is left, and stays so. */
  canRefundPart: boolean;
  /** What stands in the form when it opens. */
  initial: { amount: string; reason: string };
  busy: boolean;
  refusal: ActionResult | null;
  onCancel: () => void;
  onSend: (request: { amount: string; amountWords: string; reason: string }) => void;
};

// As the API takes it.
const maxReasonLength = 500;

/** Amount and reason, what would be left, and what exactly the button will do. */
export function RefundForm({
  currency,
  refundable,
  destination,
  canRefundPart,
  initial,
  busy,
  refusal,
  onCancel,
  onSend,
}: RefundFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [amount, setAmount] = useState(canRefundPart ? initial.amount : refundable);
  const [reason, setReason] = useState(initial.reason);
  const [tries, setTries] = useState(0);
  useFocusInvalid(form, tries);
  const read = readAmount(amount, refundable, currency, "refund");
  const refused = refusal?.kind === "refused" ? refusal : null;
  const error = read.ok ? refused?.fields["amount"] : read.error;
  const allWords = displayMoney(parseAmount(refundable, currency), currency);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (!read.ok) return setTries((count) => count + 1);
    onSend({ amount: amount.trim(), amountWords: read.amountWords, reason: reason.trim() });
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="space-y-4">
      <FormSummary title={refused?.title ?? null}>{refused?.text}</FormSummary>
      <Field
        id="refund-amount"
        label={`Amount in ${currency}`}
        error={error}
        hint={
          canRefundPart
            ? `Up to ${allWords} can be refunded.`
            : `This gateway refunds all of it at once: ${allWords}.`
        }
      >
        {(control) => (
          <Input
            {...control}
            autoFocus
            inputMode="decimal"
            autoComplete="off"
            disabled={busy}
            readOnly={!canRefundPart}
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            className="nums"
          />
        )}
      </Field>
      <Field
        id="refund-reason"
        label="Reason"
        optional
        hint="The shopper sees this beside the refund."
      >
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={maxReasonLength}
            disabled={busy}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div role="status" className="bg-sunken rounded-lg px-4 py-3 text-sm">
        {read.ok ? (
          <>
            <p className="nums flex justify-between gap-4">
              <span className="text-muted">Left after this</span>
              <span className="font-semibold">{read.leftWords}</span>
            </p>
            <p className="mt-2">
              {read.amountWords} goes back to {destination}. This cannot be undone.
            </p>
          </>
        ) : (
          <p className="text-muted">Enter an amount to see what would be left.</p>
        )}
      </div>
      <div className="flex flex-wrap justify-end gap-3">
        <Button variant="secondary" onClick={onCancel} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" variant="danger" busy={busy}>
          {busy ? "Refunding…" : read.ok ? `Refund ${read.amountWords}` : "Refund"}
        </Button>
      </div>
    </form>
  );
}
