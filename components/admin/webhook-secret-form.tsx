"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { TextField } from "./form-fields.tsx";
import { useFormCall } from "./use-form-call.ts";

type WebhookSecretFormProps = { id: number; label: string; hint: string };

/** Gives an account the secret of its webhooks, which is not shown again. */
export function WebhookSecretForm({ id, label, hint }: WebhookSecretFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const hydrated = useHydrated();
  const router = useRouter();
  const [secret, setSecret] = useState("");
  const [saved, setSaved] = useState(false);
  const { busy, refusal, attempt, send } = useFormCall(
    `/api/payment/gateways/${id}/webhook-secret/`,
    "store the secret",
  );
  useFocusInvalid(form, attempt);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setSaved(false);
    if ((await send({ secret: secret.trim() })) === null) return;
    setSecret("");
    setSaved(true);
    router.refresh();
  }

  return (
    <form
      ref={form}
      method="post"
      noValidate
      onSubmit={(event) => void submit(event)}
      className="space-y-4"
    >
      <FormSummary title={refusal?.title ?? null}>{refusal?.advice}</FormSummary>
      <div aria-live="polite" className="empty:hidden">
        {saved ? (
          <Alert tone="success" title="Stored">
            It is good at once. The one before stays good for 24 hours.
          </Alert>
        ) : null}
      </div>
      <TextField
        id="webhook-secret"
        label={label}
        hint={hint}
        isSecret
        value={secret}
        error={refusal?.fields["secret"]}
        onChange={(text) => {
          setSaved(false);
          setSecret(text);
        }}
        disabled={busy}
      />
      <Button type="submit" variant="secondary" busy={busy} disabled={!hydrated}>
        Store
      </Button>
    </form>
  );
}
