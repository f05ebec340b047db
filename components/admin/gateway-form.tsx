"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import type { GatewayName } from "#lib/domain/payment";
import { gatewayWords } from "../transactions/words.ts";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { SelectField } from "./form-fields.tsx";
import { ChoiceFields, KeyFields, type GatewayFormValues } from "./gateway-form-fields.tsx";
import { readCodes } from "./gateway-words.ts";
import { useFormCall } from "./use-form-call.ts";

export type GatewayFormProps = {
  initial: GatewayFormValues;
  /** null: a new account, of one of `gateways`. */
  id: number | null;
  gateways: readonly GatewayName[];
  /** What is told of the secret key that is kept. */
  secretHint: string;
};

function bodyOf(values: GatewayFormValues, secretKey: string): Record<string, unknown> {
  return {
    label: values.label.trim(),
    mode: values.mode,
    // What is no whole number is sent as it is, for the API to say so beside the field.
    priority: /^\d{1,4}$/.test(values.priority.trim()) ? Number(values.priority) : values.priority,
    currency: values.currency.trim().toUpperCase(),
    currencies: readCodes(values.currencies),
    countries: readCodes(values.countries),
    capture_method: values.captureMethod,
    merchant_id: values.merchantId.trim(),
    public_key: values.publicKey.trim(),
    is_active: values.isActive,
    ...(secretKey.trim() === "" ? {} : { secret_key: secretKey.trim() }),
  };
}

/** What differs: a bad account can then be switched off as it stands, and what is refused is said beside it. */
function changed(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const isOther = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(after).filter(isOther));
}

/** `currencies.2` → `currencies`: a list is one field here. */
function byField(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([path, message]) => [path.split(".")[0] ?? path, message]),
  );
}

/** Sets up an account or changes one. A secret key is written and never shown again. */
export function GatewayForm({ initial, id, gateways, secretHint }: GatewayFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const router = useRouter();
  const hydrated = useHydrated();
  const [values, setValues] = useState(initial);
  const [secretKey, setSecretKey] = useState("");
  const [saved, setSaved] = useState(false);
  const isNew = id === null;
  const { busy, refusal, attempt, send } = useFormCall(
    isNew ? "/api/payment/gateways/" : `/api/payment/gateways/${id}/`,
    isNew ? "set up the account" : "change the account",
  );
  useFocusInvalid(form, attempt);
  const errors = byField(refusal?.fields ?? {});

  function set<Name extends keyof GatewayFormValues>(name: Name) {
    return (value: GatewayFormValues[Name]) => {
      setSaved(false);
      setValues((before) => ({ ...before, [name]: value }));
    };
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setSaved(false);
    const body = bodyOf(values, secretKey);
    const answer = await send(
      isNew ? { gateway: values.gateway, ...body } : changed(bodyOf(initial, ""), body),
    );
    if (answer === null) return;
    setSecretKey("");
    if (isNew) return router.push(`/admin/gateways/${String(answer["id"])}`);
    setSaved(true);
    router.refresh();
  }

  return (
    <form
      ref={form}
      method="post"
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-4 sm:grid-cols-2"
    >
      <div className="empty:hidden sm:col-span-2">
        <FormSummary title={refusal?.title ?? null}>{refusal?.advice}</FormSummary>
      </div>
      <div aria-live="polite" className="sm:col-span-2">
        {saved ? (
          <Alert tone="success" title="Saved">
            The change counts from the next payment on.
          </Alert>
        ) : null}
      </div>
      {isNew ? (
        <SelectField
          id="gateway-gateway"
          label="Gateway"
          value={values.gateway}
          error={errors["gateway"]}
          disabled={busy}
          options={gateways.map((name) => [name, gatewayWords(name)] as const)}
          onChange={set("gateway")}
        />
      ) : null}
      <KeyFields
        {...{ values, errors, busy, set, secretHint, secretKey }}
        onSecretKey={(text) => {
          setSaved(false);
          setSecretKey(text);
        }}
      />
      <ChoiceFields {...{ values, errors, busy, set }} />
      <div className="sm:col-span-2">
        <Button type="submit" variant="solid" busy={busy} disabled={!hydrated}>
          {isNew ? "Set up the account" : "Save"}
        </Button>
      </div>
    </form>
  );
}
