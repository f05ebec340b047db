"use client";

import type { CardDetails } from "./card-details.ts";

// What the dummy gateway decides by; each shows another way that a payment can go.
const testCards = [
  { number: "4242 4242 4242 4242", label: "Succeeds" },
  { number: "4000 0000 0000 0002", label: "Declined" },
  { number: "4000 0000 0000 9995", label: "Not enough money" },
  { number: "4000 0000 0000 0069", label: "Expired card" },
  { number: "4000 0000 0000 3220", label: "3-D Secure" },
  { number: "4000 0000 0000 0119", label: "Answer gets lost" },
] as const;

type TestCardsProps = { disabled: boolean; onChoose: (card: CardDetails) => void };

function nextYear(): string {
  return String((new Date().getUTCFullYear() + 1) % 100).padStart(2, "0");
}

/** Fills the form with a card of the demo. */
export function TestCards({ disabled, onChoose }: TestCardsProps) {
  return (
    <section
      aria-labelledby="test-cards"
      className="border-line-strong rounded-xl border border-dashed p-4"
    >
      <h3 id="test-cards" className="text-sm font-semibold">
        Test cards
      </h3>
      <p className="text-muted mt-0.5 text-xs">
        This is a demo. Choose a card to see how a payment can go.
      </p>
      <ul className="mt-3 grid grid-cols-2 gap-2 sm:grid-cols-3">
        {testCards.map(({ number, label }) => (
          <li key={number}>
            <button
              type="button"
              disabled={disabled}
              onClick={() => onChoose({ number, expiry: `12 / ${nextYear()}`, cvv: "123" })}
              className="border-line bg-surface hover:border-line-strong disabled:text-faint flex min-h-12 w-full cursor-pointer flex-col justify-center rounded-lg border px-3 py-1.5 text-left text-sm disabled:cursor-not-allowed"
            >
              <span className="font-medium">{label}</span>
              <span className="nums text-muted text-xs">ends {number.slice(-4)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
