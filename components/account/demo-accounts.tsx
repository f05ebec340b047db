"use client";

import { Button } from "../ui/button.tsx";

// The accounts that the demo seeds. They exist nowhere else.
const demoPassword = "tollbooth-demo";
const demoAccounts = [
  { email: "shopper@example.com", label: "Shopper", can: "buys and sees their own payments" },
  { email: "second@example.com", label: "Second shopper", can: "sees nothing of the first one's" },
  { email: "admin@example.com", label: "Administrator", can: "sees everything and refunds" },
  { email: "support@example.com", label: "Support", can: "sees everything, moves no money" },
] as const;

type DemoAccountsProps = {
  busyEmail: string | null;
  disabled: boolean;
  onChoose: (email: string, password: string) => void;
};

/** One click to be any of the demo's people. */
export function DemoAccounts({ busyEmail, disabled, onChoose }: DemoAccountsProps) {
  return (
    <section aria-labelledby="demo-accounts" className="border-line mt-8 border-t pt-6">
      <h2 id="demo-accounts" className="text-sm font-semibold">
        Demo accounts
      </h2>
      <p className="text-muted mt-1 text-sm">One click signs you in. No real money moves.</p>
      <ul className="mt-3 grid gap-2">
        {demoAccounts.map(({ email, label, can }) => (
          <li key={email}>
            <Button
              variant="secondary"
              busy={busyEmail === email}
              disabled={disabled}
              onClick={() => onChoose(email, demoPassword)}
              className="border-line w-full justify-start py-2 text-left whitespace-normal"
            >
              <span className="min-w-0">
                <span className="block break-words">{label}</span>
                <span className="text-muted block text-xs font-normal">
                  {email}, {can}
                </span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
