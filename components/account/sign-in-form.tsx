"use client";

import { useRef, useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { useHydrated } from "../ui/use-hydrated.ts";
import { DemoAccounts } from "./demo-accounts.tsx";
import { signInWithPassword, signInWords } from "./sign-in.ts";

type SignInFormProps = { returnPath: string; demo: boolean };
type Errors = { email?: string; password?: string };

function missing(email: string, password: string): Errors {
  return {
    ...(email.trim() === "" ? { email: "Enter your e-mail address." } : {}),
    ...(password === "" ? { password: "Enter your password." } : {}),
  };
}

/** E-mail and password, and in the demo its people one click away. Goes on to `returnPath`. */
export function SignInForm({ returnPath, demo }: SignInFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const hydrated = useHydrated();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busyEmail, setBusyEmail] = useState<string | null>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<{ title: string; advice: string } | null>(null);
  const [refusals, setRefusals] = useState(0);
  useFocusInvalid(form, refusals);

  async function enter(asEmail: string, withPassword: string) {
    setBusyEmail(asEmail);
    setFailure(null);
    const result = await signInWithPassword(asEmail, withPassword);
    if (result === "signed_in") {
      // A whole new page, so that nothing shown to the one before stays in memory.
      window.location.assign(returnPath);
      return;
    }
    setFailure(signInWords[result]);
    setBusyEmail(null);
    setRefusals((count) => count + 1);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busyEmail !== null) return;
    const found = missing(email, password);
    setErrors(found);
    if (Object.keys(found).length > 0) {
      setFailure(null);
      setRefusals((count) => count + 1);
      return;
    }
    void enter(email.trim(), password);
  }

  return (
    <>
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
        <Field id="password" label="Password" error={errors.password}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          className="w-full"
          disabled={!hydrated}
          busy={busyEmail !== null && busyEmail === email.trim()}
        >
          Sign in
        </Button>
      </form>
      {demo ? (
        <DemoAccounts
          busyEmail={busyEmail}
          disabled={!hydrated || busyEmail !== null}
          onChoose={(chosen, demoPassword) => void enter(chosen, demoPassword)}
        />
      ) : null}
    </>
  );
}
