"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { signInHref } from "../account/sign-in-href.ts";
import { postJson } from "../http/call-api.ts";
import { newIdempotencyKey } from "../http/idempotency-key.ts";
import { refusalWords, type Refusal } from "../http/refusal-words.ts";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";

type BuyFormProps = { sku: string; name: string; returnPath: string };

const quantities = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Quantity and "Buy now": makes an order and goes on to its checkout. Nothing is charged here. */
export function BuyForm({ sku, name, returnPath }: BuyFormProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [quantity, setQuantity] = useState(1);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  // Kept over a broken connection, so that trying again finds the order that was made.
  const attempt = useRef<{ quantity: number; key: string } | null>(null);

  async function buy(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    if (attempt.current?.quantity !== quantity)
      attempt.current = { quantity, key: newIdempotencyKey() };
    const result = await postJson(
      "/api/orders/",
      { items: [{ sku, quantity }] },
      { idempotencyKey: attempt.current.key },
    );
    if (
      result.kind === "answered" &&
      result.status === 201 &&
      typeof result.body["order_number"] === "string"
    ) {
      attempt.current = null;
      router.push(`/checkout/${result.body["order_number"]}`);
      return;
    }
    if (result.kind === "answered" && result.status === 401) {
      router.push(signInHref(returnPath));
      return;
    }
    if (result.kind === "answered") attempt.current = null;
    setRefusal(refusalWords(result, "place your order"));
    setBusy(false);
  }

  return (
    <form onSubmit={(event) => void buy(event)} method="post">
      <div className="flex items-center gap-2">
        <label className="sr-only" htmlFor={`quantity-${sku}`}>
          Quantity of {name}
        </label>
        <div className="w-20 shrink-0">
          <Select
            id={`quantity-${sku}`}
            value={quantity}
            onChange={(event) => setQuantity(Number(event.target.value))}
            disabled={busy}
          >
            {quantities.map((count) => (
              <option key={count}>{count}</option>
            ))}
          </Select>
        </div>
        <Button type="submit" variant="quiet" busy={busy} disabled={!hydrated} className="flex-1">
          Buy now<VisuallyHidden>: {name}</VisuallyHidden>
        </Button>
      </div>
      <p role="alert" className="text-danger mt-2 text-sm empty:hidden">
        {refusal === null ? "" : `${refusal.title}. ${refusal.advice} Nothing was charged.`}
      </p>
    </form>
  );
}
