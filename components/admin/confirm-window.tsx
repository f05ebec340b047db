"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormSummary } from "../ui/form-summary.tsx";
import { Input } from "../ui/input.tsx";
import { useFocusInvalid } from "../ui/use-focus-invalid.ts";
import { callAction, type ActionResult } from "./action-call.ts";
import { ActionOutcome } from "./action-outcome.tsx";
import { useIntent } from "./use-intent.ts";
import type { WindowControl } from "./window-button.tsx";

export type ConfirmField = {
  /** Of the body. */
  name: string;
  label: string;
  hint: string;
  /** What is said where it is left empty; null where it may be. */
  missing: string | null;
};

export type ConfirmWindowProps = {
  title: string;
  description: string;
  /** What exactly the button will do. */
  consequence: string;
  confirm: string;
  confirming: string;
  tone: "solid" | "danger";
  /** Where it is sent, and the body that the fields are added to. */
  path: string;
  body: Record<string, string>;
  fields: readonly ConfirmField[];
  /** Completes "We could not …"; and what then certainly did not happen. */
  what: string;
  nothing: string;
  done: { title: string; text: string };
  pending: { title: string; text: string };
};

type Values = Readonly<Record<string, string>>;

/** Says what will happen, takes a note, does it once however often it is pressed, and tells what came of it. */
export function ConfirmWindow(props: ConfirmWindowProps & WindowControl) {
  const { title, description, path, body, what, nothing, done, pending } = props;
  const { returnFocus, onClose } = props;
  const router = useRouter();
  const { busy, result, send, again } = useIntent<Values>((values, key) =>
    callAction({ path, body: { ...body, ...values } }, key, {
      what,
      nothing,
      done: () => done,
      pending,
    }),
  );

  // Only now: what was acted on may leave the page behind with its button, and with it this window.
  function close() {
    onClose();
    router.refresh();
  }

  return (
    <Dialog
      open
      onOpenChange={close}
      locked={busy}
      title={title}
      description={description}
      returnFocus={returnFocus}
    >
      {result !== null && result.kind !== "refused" ? (
        <ActionOutcome result={result} busy={busy} onClose={close} onAgain={() => void again()} />
      ) : (
        <ConfirmForm
          {...props}
          busy={busy}
          refusal={result}
          onCancel={close}
          onSend={(values) => void send(values)}
        />
      )}
    </Dialog>
  );
}

type ConfirmFormProps = ConfirmWindowProps & {
  busy: boolean;
  refusal: ActionResult | null;
  onCancel: () => void;
  onSend: (values: Values) => void;
};

// As the API takes it.
const maxLength = 500;

function ConfirmForm(props: ConfirmFormProps) {
  const { fields, consequence, confirm, confirming, tone, busy, refusal, onCancel, onSend } = props;
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Values>({});
  const [tries, setTries] = useState(0);
  useFocusInvalid(form, tries);
  const refused = refusal?.kind === "refused" ? refusal : null;
  const valueOf = ({ name }: ConfirmField) => (values[name] ?? "").trim();
  const missing = (field: ConfirmField) =>
    valueOf(field) === "" && field.missing !== null ? field.missing : undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (fields.some(missing)) return setTries((count) => count + 1);
    const filled = fields.filter((field) => valueOf(field) !== "");
    onSend(Object.fromEntries(filled.map((field) => [field.name, valueOf(field)])));
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="space-y-4">
      <FormSummary title={refused?.title ?? null}>{refused?.text}</FormSummary>
      <p className="text-sm">{consequence}</p>
      {fields.map((field, index) => (
        <Field
          key={field.name}
          id={`confirm-${field.name}`}
          label={field.label}
          optional={field.missing === null}
          hint={field.hint}
          error={(tries > 0 ? missing(field) : undefined) ?? refused?.fields[field.name]}
        >
          {(control) => (
            <Input
              {...control}
              autoFocus={index === 0}
              autoComplete="off"
              maxLength={maxLength}
              disabled={busy}
              value={values[field.name] ?? ""}
              onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <div className="flex flex-wrap justify-end gap-3">
        <Button variant="secondary" onClick={onCancel} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" variant={tone} busy={busy}>
          {busy ? confirming : confirm}
        </Button>
      </div>
    </form>
  );
}
