"use client";

import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";

type Common = {
  id: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  disabled: boolean;
};

type TextFieldProps = Common & {
  value: string;
  onChange: (value: string) => void;
  optional?: boolean;
  /** Not shown while it is typed, and kept by no browser. */
  isSecret?: boolean;
};

/** A line of text that no browser fills in, corrects or checks the spelling of. */
export function TextField({
  value,
  onChange,
  disabled,
  optional = false,
  isSecret = false,
  error,
  ...field
}: TextFieldProps) {
  return (
    <Field {...field} error={error} optional={optional}>
      {(control) => (
        <Input
          {...control}
          type={isSecret ? "password" : "text"}
          autoComplete={isSecret ? "new-password" : "off"}
          autoCapitalize="none"
          spellCheck={false}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

type SelectFieldProps<Value extends string> = Common & {
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  onChange: (value: Value) => void;
};

export function SelectField<Value extends string>({
  value,
  options,
  onChange,
  disabled,
  error,
  ...field
}: SelectFieldProps<Value>) {
  return (
    <Field {...field} error={error}>
      {(control) => (
        <Select
          {...control}
          disabled={disabled}
          value={value}
          onChange={(event) => {
            const chosen = options.find(([one]) => one === event.target.value);
            if (chosen) onChange(chosen[0]);
          }}
        >
          {options.map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

type CheckFieldProps = Common & { checked: boolean; onChange: (checked: boolean) => void };

export function CheckField({ checked, onChange, disabled, error, ...field }: CheckFieldProps) {
  return (
    <Field {...field} error={error}>
      {(control) => (
        <span className="flex min-h-11 items-center">
          <input
            {...control}
            type="checkbox"
            className="size-5"
            disabled={disabled}
            checked={checked}
            onChange={(event) => onChange(event.target.checked)}
          />
        </span>
      )}
    </Field>
  );
}
