"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { displayMoney, parseAmount } from "#lib/domain/money";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { callAction, type ActionResult } from "./action-call.ts";
import { ActionOutcome } from "./action-outcome.tsx";
import { readAmount } from "./read-amount.ts";
import { useIntent } from "./use-intent.ts";
import type { WindowControl } from "./window-button.tsx";

export type CaptureWindowProps = {
  transactionId: string;
  currency: string;
  /** What was held when it was opened, as a decimal string. */
  capturable: string;
  /** What the gateway can: a part of it; and more than one capture, so that the rest stays held. */
  canCapturePart: boolean;
  keepsRest: boolean;
};

type Sent = { amount: string; amountWords: string };

/** Asks how much, captures once however often it is pressed, and tells what came of it. */
export function CaptureWindow(props: CaptureWindowProps & WindowControl) {
  const { transactionId, returnFocus, onClose } = props;
  const router = useRouter();
  const { busy, result, send, again } = useIntent<Sent>(({ amount, amountWords }, key) =>
    callAction(
      { path: "/api/payment/capture/", body: { transaction_id: transactionId, amount } },
      key,
      {
        what: "capture this",
        nothing: "Nothing was captured.",
        done: () => ({
          title: `${amountWords} captured`,
          text: "The money was taken once. The shopper's card shows it as a charge.",
        }),
        pending: {
          title: `${amountWords} is being captured`,
          text: "The gateway has not confirmed it yet. The amount is reserved, and we keep asking. Do not capture it again.",
        },
      },
    ),
  );

  // Only now: with all of it captured the page has no button for it, and with it goes this window.
  function close() {
    onClose();
    router.refresh();
  }

  return (
    <Dialog
      open
      onOpenChange={close}
      locked={busy}
      title="Capture"
      description={`Take what is held for ${transactionId}`}
      returnFocus={returnFocus}
    >
      {result !== null && result.kind !== "refused" ? (
        <ActionOutcome result={result} busy={busy} onClose={close} onAgain={() => void again()} />
      ) : (
        <CaptureForm
          {...props}
          busy={busy}
          refusal={result}
          onCancel={close}
          onSend={(request) => void send(request)}
        />
      )}
    </Dialog>
  );
}

type CaptureFormProps = CaptureWindowProps & {
  busy: boolean;
  refusal: ActionResult | null;
  onCancel: () => void;
  onSend: (request: Sent) => void;
};

function CaptureForm(props: CaptureFormProps) {
  const { currency, capturable, canCapturePart, keepsRest, busy, refusal, onCancel, onSend } =
    props;
  const form = useRef<HTMLFormElement>(null);
  const [amount, setAmount] = useState(capturable);
  const [tries, setTries] = useState(0);
  useFocusInvalid(form, tries);
  const read = readAmount(amount, capturable, currency, "capture");
  const refused = refusal?.kind === "refused" ? refusal : null;
  const error = read.ok ? refused?.fields["amount"] : read.error;
  const allWords = displayMoney(parseAmount(capturable, currency), currency);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (!read.ok) return setTries((count) => count + 1);
    onSend({ amount: amount.trim(), amountWords: read.amountWords });
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="space-y-4">
      <FormSummary title={refused?.title ?? null}>{refused?.text}</FormSummary>
      <Field
        id="capture-amount"
        label={`Amount in ${currency}`}
        error={error}
        hint={
          canCapturePart
            ? `Up to ${allWords} is held.`
            : `This gateway captures only the whole ${allWords}.`
        }
      >
        {(control) => (
          <Input
            {...control}
            autoFocus={canCapturePart}
            inputMode="decimal"
            autoComplete="off"
            disabled={busy}
            readOnly={!canCapturePart}
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            className="nums"
          />
        )}
      </Field>
      <div role="status" className="bg-sunken rounded-lg px-4 py-3 text-sm">
        {read.ok ? (
          <>
            <p className="nums flex justify-between gap-4">
              <span className="text-muted">Left to capture</span>
              <span className="font-semibold">{read.leftWords}</span>
            </p>
            <p className="mt-2">
              {read.amountWords} is charged to the shopper.
              {keepsRest || !canCapturePart ? "" : " What is left out is let go for good."}
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
        <Button type="submit" variant="solid" busy={busy}>
          {busy ? "Capturing…" : read.ok ? `Capture ${read.amountWords}` : "Capture"}
        </Button>
      </div>
    </form>
  );
}
