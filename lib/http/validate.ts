import type { z } from "zod";
import { maskCardNumbers } from "../domain/card.ts";
import { notFound, PaymentError } from "../domain/errors.ts";

// A field's name comes from the caller where the field is unknown: cut, and never a card number.
const maxFieldNameLength = 64;
// More than a person reads; the answer stays small whatever was sent.
const maxFields = 20;

function safeName(path: readonly PropertyKey[]): string {
  const name = path.map(String).join(".");
  return maskCardNumbers(name).slice(0, maxFieldNameLength);
}

/** Of a body with several forms, the one that it comes nearest to: the form with the fewest complaints. */
function ownIssues(error: z.ZodError): z.core.$ZodIssue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.path.length > 0) return [issue];
    const [first = [], ...others] = issue.errors;
    return others.reduce((best, form) => (form.length < best.length ? form : best), first);
  });
}

function fieldMessages(error: z.ZodError, whole: string): Record<string, string[]> {
  const fields = new Map<string, string[]>();
  const add = (name: string, message: string) => {
    if (fields.size >= maxFields && !fields.has(name)) return;
    fields.set(name, [...(fields.get(name) ?? []), message]);
  };
  for (const issue of ownIssues(error)) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) add(safeName([...issue.path, key]), "This field is not known.");
    } else {
      add(issue.path.length === 0 ? whole : safeName(issue.path), messageOf(issue));
    }
  }
  return Object.fromEntries(fields);
}

function messageOf(issue: z.core.$ZodIssue): string {
  const isMissing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return isMissing ? "This field is required." : issue.message;
}

/** The refusal of a value that a schema does not take. `whole` names the value where no field is to blame. */
function invalidRequest(error: z.ZodError, whole: string): PaymentError {
  const fields = fieldMessages(error, whole);
  const [first] = Object.entries(fields);
  const detail = first ? `${first[0]}: ${first[1][0] ?? ""}` : "The request is not valid.";
  return new PaymentError("invalid_request", detail, { fields });
}

/** A JSON body by its schema. Throws `invalid_request` with every field that is wrong. */
export function validateBody<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  return parsed.data;
}

/** The query by its schema. An unknown name is refused, so that a misspelt filter never filters nothing. */
export function validateQuery<T extends z.ZodType>(
  schema: T,
  search: URLSearchParams,
): z.output<T> {
  const values: Record<string, string> = {};
  for (const [name, value] of search) {
    if (Object.hasOwn(values, name)) {
      const field = safeName([name]);
      const message = "Give it once.";
      throw new PaymentError("invalid_request", `${field}: ${message}`, {
        fields: { [field]: [message] },
      });
    }
    // Defined rather than set: a name such as __proto__ must stay an ordinary unknown one.
    Object.defineProperty(values, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw invalidRequest(parsed.error, "query");
  return parsed.data;
}

/** The path's parameters. One that cannot be an id of ours names nothing: 404, as an absent one. */
export function validateParams<T extends z.ZodType>(schema: T, params: unknown): z.output<T> {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw notFound();
  return parsed.data;
}
