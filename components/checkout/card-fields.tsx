"use client";

import { CreditCard } from "lucide-react";
import { useLayoutEffect, useRef, type ChangeEvent } from "react";
import { cardBrand } from "#lib/domain/card";
import { cardBrandNames } from "../transactions/words.ts";
import { cn } from "../ui/cn.ts";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import {
  caretBehindDigit,
  digitsOf,
  formatCardNumber,
  formatExpiry,
  type CardDetails,
  type CardErrors,
} from "./card-details.ts";

type CardFieldsProps = {
  card: CardDetails;
  errors: CardErrors;
  disabled: boolean;
  onChange: (change: Partial<CardDetails>) => void;
};

type FieldProps = CardFieldsProps & { brandName: string | undefined };

/** The number, in groups as it is typed; the caret stays behind the digit it was behind. */
function NumberField({ card, errors, disabled, brandName, onChange }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null || document.activeElement !== input.current) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [card.number]);

  function type(event: ChangeEvent<HTMLInputElement>) {
    const { value, selectionStart } = event.target;
    const number = formatCardNumber(value);
    caret.current = caretBehindDigit(
      number,
      digitsOf(value.slice(0, selectionStart ?? value.length)).length,
    );
    onChange({ number });
  }

  return (
    <Field id="card-number" label="Card number" error={errors.number}>
      {(control) => (
        <div className="relative">
          <CreditCard
            aria-hidden="true"
            className="text-muted pointer-events-none absolute top-1/2 left-3 size-4.5 -translate-y-1/2"
          />
          <Input
            {...control}
            ref={input}
            inputMode="numeric"
            autoComplete="cc-number"
            placeholder="1234 1234 1234 1234"
            spellCheck={false}
            disabled={disabled}
            value={card.number}
            onChange={type}
            className={cn("nums pl-10", brandName !== undefined && "pr-28")}
          />
          <span
            aria-live="polite"
            className="text-muted pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-xs font-semibold"
          >
            {brandName ?? ""}
          </span>
        </div>
      )}
    </Field>
  );
}

/** Number, expiry and security code. No field has a name, so that no browser can put one in an address. */
export function CardFields(props: CardFieldsProps) {
  const { card, errors, disabled, onChange } = props;
  const brand = cardBrand(digitsOf(card.number));
  const isAmex = brand === "amex";
  return (
    <div className="grid grid-cols-2 gap-4">
      <div className="col-span-2">
        <NumberField {...props} brandName={cardBrandNames[brand]} />
      </div>
      <Field id="card-expiry" label="Expiry date" error={errors.expiry}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="cc-exp"
            placeholder="MM / YY"
            spellCheck={false}
            maxLength={9}
            disabled={disabled}
            value={card.expiry}
            onChange={(event) =>
              onChange({ expiry: formatExpiry(event.target.value, card.expiry) })
            }
            className="nums"
          />
        )}
      </Field>
      <Field
        id="card-cvv"
        label="Security code"
        error={errors.cvv}
        hint={isAmex ? "4 digits on the front" : "3 digits on the back"}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="cc-csc"
            placeholder={isAmex ? "1234" : "123"}
            spellCheck={false}
            maxLength={4}
            disabled={disabled}
            value={card.cvv}
            onChange={(event) => onChange({ cvv: digitsOf(event.target.value).slice(0, 4) })}
            className="nums"
          />
        )}
      </Field>
    </div>
  );
}
