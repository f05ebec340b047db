"use client";

import { useState, type FormEvent } from "react";
import type { GatewayName } from "#lib/domain/payment";
import { actsOf, type SandboxAct } from "#lib/sandbox/choices";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { SaidLine } from "./said-line.tsx";
import { actWords, takesAmount } from "./sandbox-words.ts";
import { useSandboxCall } from "./use-sandbox-call.ts";

type ActFormProps = {
  gateway: GatewayName;
  /** Payments that one may mean: the gateway's newest, and one's own. */
  payments: readonly string[];
};

/** Has something happen on the gateway's side, as its shoppers, staff or banks would. */
export function ActForm({ gateway, payments }: ActFormProps) {
  const hydrated = useHydrated();
  const { busy, said, send } = useSandboxCall();
  const [act, setAct] = useState<SandboxAct>("refund");
  const [payment, setPayment] = useState(payments[0] ?? "");
  const [amount, setAmount] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    const part = takesAmount(act) && amount.trim() !== "" ? { amount: amount.trim() } : {};
    void send(
      "acts",
      { gateway, act, payment: payment.trim(), ...part },
      `${actWords[act]}: done.`,
    );
  }

  return (
    <form onSubmit={submit} noValidate>
      <Field id="act" label="What happens" error={said?.fields["act"]}>
        {(control) => (
          <Select
            {...control}
            value={act}
            onChange={(event) => setAct(event.target.value as SandboxAct)}
          >
            {actsOf[gateway].map((one) => (
              <option key={one} value={one}>
                {actWords[one]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="mt-3 space-y-3">
        <Field id="act-payment" label="Payment" error={said?.fields["payment"]}>
          {(control) => (
            <>
              <Input
                {...control}
                list="sandbox-payments"
                autoComplete="off"
                placeholder="TXN-…"
                value={payment}
                onChange={(event) => setPayment(event.target.value)}
              />
              <datalist id="sandbox-payments">
                {payments.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        {takesAmount(act) ? (
          <Field id="act-amount" label="Amount" optional error={said?.fields["amount"]}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                placeholder="All of it"
                value={amount}
                onChange={(event) => setAmount(event.target.value)}
              />
            )}
          </Field>
        ) : null}
      </div>
      <Button type="submit" variant="solid" busy={busy} disabled={!hydrated} className="mt-4">
        Make it happen
      </Button>
      <SaidLine said={said} />
    </form>
  );
}
