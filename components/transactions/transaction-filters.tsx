import type { ReactNode } from "react";
import { gatewayNames, transactionStatuses } from "#lib/domain/payment";
import { Button, buttonVariants } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { isFiltered, type TransactionQuery } from "./transaction-query.ts";
import { gatewayWords, transactionStatusWords } from "./words.ts";
import { Link } from "../ui/link.tsx";

type FiltersProps = { action: string; query: TransactionQuery; children?: ReactNode };

/** Filters that live in the address: a plain form, so that it works without script and can be shared. */
export function TransactionFilters({ action, query, children }: FiltersProps) {
  return (
    <form
      action={action}
      method="get"
      className="grid grid-cols-2 items-end gap-3 p-4 sm:flex sm:flex-wrap sm:px-5"
    >
      {children}
      <Field id="status" label="Status" className="sm:w-48">
        {(control) => (
          <Select
            {...control}
            key={query.status ?? "any"}
            name="status"
            defaultValue={query.status ?? ""}
          >
            <option value="">Any</option>
            {transactionStatuses.map((status) => (
              <option key={status} value={status}>
                {transactionStatusWords[status].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id="gateway" label="Gateway" className="sm:w-40">
        {(control) => (
          <Select
            {...control}
            key={query.gateway ?? "any"}
            name="gateway"
            defaultValue={query.gateway ?? ""}
          >
            <option value="">Any</option>
            {gatewayNames.map((gateway) => (
              <option key={gateway} value={gateway}>
                {gatewayWords(gateway)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id="order" label="Order" className="max-sm:col-span-2 sm:w-44">
        {(control) => (
          <Input
            {...control}
            key={query.order ?? ""}
            name="order"
            defaultValue={query.order ?? ""}
            placeholder="ORD-…"
            autoCapitalize="characters"
            spellCheck={false}
          />
        )}
      </Field>
      <div className="col-span-2 flex gap-2">
        <Button type="submit" variant="secondary">
          Apply
        </Button>
        {isFiltered(query) ? (
          <Link href={action} className={buttonVariants({ variant: "ghost" })}>
            Clear
          </Link>
        ) : null}
      </div>
    </form>
  );
}
