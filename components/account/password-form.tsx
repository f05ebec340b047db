"use client";

import { useRef, useState, type FormEvent } from "react";
import { postJson } from "../http/call-api.ts";
import { refusalWords, type Refusal } from "../http/refusal-words.ts";
import { Alert } from "../ui/alert.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { signInHref } from "./sign-in-href.ts";
import { signInWithPassword } from "./sign-in.ts";

type PasswordFormProps = { email: string; minPasswordLength: number };
type Errors = { current?: string | undefined; next?: string | undefined };

/** Changes the password. That ends every session, so this one is begun again with the new one. */
export function PasswordForm({ email, minPasswordLength }: PasswordFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const hydrated = useHydrated();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [refusals, setRefusals] = useState(0);
  useFocusInvalid(form, refusals);

  function refuse(found: Errors, why: Refusal | null) {
    setErrors(found);
    setRefusal(why);
    setBusy(false);
    setRefusals((count) => count + 1);
  }

  async function change() {
    setBusy(true);
    const result = await postJson("/api/account/password/", {
      current_password: current,
      new_password: next,
    });
    if (result.kind !== "answered" || result.status >= 300) {
      const why = refusalWords(result, "change your password");
      const known = { current: why.fields["current_password"], next: why.fields["new_password"] };
      return refuse(known, (known.current ?? known.next) ? null : why);
    }
    const entered = await signInWithPassword(email, next);
    if (entered !== "signed_in") return window.location.assign(signInHref("/account"));
    setCurrent("");
    setNext("");
    setDone(true);
    setBusy(false);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setDone(false);
    const found: Errors = {
      ...(current === "" ? { current: "Enter the password you have now." } : {}),
      ...([...next].length < minPasswordLength
        ? { next: `Choose at least ${minPasswordLength} characters.` }
        : {}),
    };
    if (Object.keys(found).length > 0) return refuse(found, null);
    setErrors({});
    setRefusal(null);
    void change();
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="max-w-md space-y-4">
      <FormSummary title={refusal?.title ?? null}>
        {refusal?.advice}{" "}
        {refusal?.signIn === true ? (
          <TextLink href={signInHref("/account")}>Sign in</TextLink>
        ) : null}
      </FormSummary>
      <div aria-live="polite" className="empty:mb-0">
        {done ? (
          <Alert tone="success" title="Your password was changed">
            You stay signed in here. Everywhere else you were signed out.
          </Alert>
        ) : null}
      </div>
      {/* Tells password managers whose password this is. */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <Field id="current-password" label="Current password" error={errors.current}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        )}
      </Field>
      <Field
        id="new-password"
        label="New password"
        error={errors.next}
        hint={`At least ${minPasswordLength} characters.`}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="solid" disabled={!hydrated} busy={busy}>
        Change password
      </Button>
    </form>
  );
}
