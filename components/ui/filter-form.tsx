import type { ReactNode } from "react";
import { Button, buttonVariants } from "./button.tsx";
import { Field } from "./field.tsx";
import { Link } from "./link.tsx";
import { Select } from "./select.tsx";

type FilterFormProps = {
  action: string;
  /** True where the list shows other than it does at first. */
  filtered: boolean;
  children: ReactNode;
};

/** Filters that live in the address: a plain form, so that it works without script and can be shared. */
export function FilterForm({ action, filtered, children }: FilterFormProps) {
  return (
    <form
      action={action}
      method="get"
      className="border-line grid grid-cols-2 items-end gap-3 border-b p-4 sm:flex sm:flex-wrap sm:px-5"
    >
      {children}
      <div className="col-span-2 flex gap-2">
        <Button type="submit" variant="secondary">
          Apply
        </Button>
        {filtered ? (
          <Link href={action} className={buttonVariants({ variant: "ghost" })}>
            Clear
          </Link>
        ) : null}
      </div>
    </form>
  );
}

type FilterSelectProps = {
  name: string;
  label: string;
  value: string | undefined;
  /** The word for no choice; left out where one is always made. */
  anyLabel?: string;
  options: readonly { value: string; label: string }[];
  className?: string;
};

export function FilterSelect(props: FilterSelectProps) {
  const { name, label, value, anyLabel, options, className } = props;
  return (
    <Field id={name} label={label} {...(className === undefined ? {} : { className })}>
      {(control) => (
        <Select {...control} key={value ?? "any"} name={name} defaultValue={value ?? ""}>
          {anyLabel === undefined ? null : <option value="">{anyLabel}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
