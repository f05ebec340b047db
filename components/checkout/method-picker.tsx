"use client";

import { methodWords } from "./method-words.ts";
import type { CheckoutMethod } from "./method.ts";

type MethodPickerProps = {
  methods: readonly CheckoutMethod[];
  selected: CheckoutMethod["gateway"];
  disabled: boolean;
  onSelect: (gateway: CheckoutMethod["gateway"]) => void;
};

/** The ways to pay, as one group of radio buttons; nothing where there is no choice. */
export function MethodPicker({ methods, selected, disabled, onSelect }: MethodPickerProps) {
  if (methods.length < 2) return null;
  return (
    <fieldset disabled={disabled} className="mb-5">
      <legend className="mb-2 text-base font-semibold">How do you want to pay?</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {methods.map(({ gateway }) => (
          <label
            key={gateway}
            className="border-line bg-surface has-checked:border-ink has-checked:ring-ink hover:border-line-strong flex min-h-14 cursor-pointer items-center gap-3 rounded-lg border px-3 py-2 has-checked:ring-1 has-disabled:cursor-not-allowed"
          >
            <input
              type="radio"
              name="payment-method"
              value={gateway}
              checked={gateway === selected}
              onChange={() => onSelect(gateway)}
              className="accent-ink size-4 shrink-0"
            />
            <span>
              <span className="block text-sm font-medium">{methodWords[gateway].name}</span>
              <span className="text-muted block text-xs">{methodWords[gateway].hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
