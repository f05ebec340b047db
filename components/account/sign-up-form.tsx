"use client";

import { useRef, useState, type FormEvent } from "react";
import { postJson } from "../http/call-api.ts";
import { refusalWords } from "../http/refusal-words.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { signInHref } from "./sign-in-href.ts";
import { signInWithPassword } from "./sign-in.ts";

type SignUpFormProps = { returnPath: string; minPasswordLength: number };
type Errors = { email?: string | undefined; password?: string | undefined };
type Failure = { title: string; advice: string };

/** Makes a shopper's account, signs in with it and goes on to `returnPath`. */
export function SignUpForm({ returnPath, minPasswordLength }: SignUpFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const hydrated = useHydrated();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusals, setRefusals] = useState(0);
  useFocusInvalid(form, refusals);

  function refuse(found: Errors, why: Failure | null) {
    setErrors(found);
    setFailure(why);
    setBusy(false);
    setRefusals((count) => count + 1);
  }

  async function create() {
    setBusy(true);
    const result = await postJson("/api/account/signup/", { email: email.trim(), password });
    if (result.kind === "answered" && result.status < 300) {
      const entered = await signInWithPassword(email.trim(), password);
      // The account exists now; where signing in did not work at once, the sign-in page takes over.
      window.location.assign(entered === "signed_in" ? returnPath : signInHref(returnPath));
      return;
    }
    const { title, advice, fields } = refusalWords(result, "create your account");
    const known = { email: fields["email"], password: fields["password"] };
    refuse(known, (known.email ?? known.password) ? null : { title, advice });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    const found: Errors = {
      ...(email.trim() === "" ? { email: "Enter your e-mail address." } : {}),
      ...([...password].length < minPasswordLength
        ? { password: `Choose a password of at least ${minPasswordLength} characters.` }
        : {}),
    };
    if (Object.keys(found).length > 0) return refuse(found, null);
    setErrors({});
    setFailure(null);
    void create();
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="space-y-4">
      <FormSummary title={failure?.title ?? null}>{failure?.advice}</FormSummary>
      <Field id="email" label="E-mail" error={errors.email}>
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field
        id="password"
        label="Password"
        error={errors.password}
        hint={`At least ${minPasswordLength} characters. A few words in a row do well.`}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="w-full" disabled={!hydrated} busy={busy}>
        Create account
      </Button>
    </form>
  );
}
