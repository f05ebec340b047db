/** Reads a call's parameters, and refuses what Stripe refuses. */
import type { Call } from "../stand-in.ts";
import { invalid } from "./answers.ts";
import { expandable } from "./documents.ts";
import { parseForm, type Form, type FormValue } from "./form.ts";

const keysMost = 50;
const keyLength = 40;
const valueLength = 500;

/** Names that every call takes; `key` is how browsers send their publishable key. */
const everywhere = ["expand", "key", "client_secret"];

export class Params {
  readonly #form: Form;

  /** Of the body, or of the query of a GET. A name that is not among `known` is refused. */
  constructor(call: Call, known: readonly string[]) {
    const text = call.method === "GET" ? call.query.toString() : call.body.toString("utf8");
    const form = parseForm(text);
    if (form === null) throw invalid("Invalid request: the parameters could not be read.");
    this.#form = form;
    const unknown = Object.keys(form).find(
      (name) => !known.includes(name) && !everywhere.includes(name),
    );
    if (unknown !== undefined) {
      throw invalid(`Received unknown parameter: ${unknown}`, {
        code: "parameter_unknown",
        param: unknown,
      });
    }
    this.#checkExpand();
  }

  /** Before anything is done: what cannot be expanded is refused. */
  #checkExpand(): void {
    const isKnown = (name: string): boolean =>
      name === "data" || name === "source" || name in expandable;
    const path = this.expand().find((one) => !one.split(".").every(isKnown));
    if (path === undefined) return;
    throw invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
  }

  has(name: string): boolean {
    return name in this.#form;
  }

  value(name: string): FormValue | undefined {
    return this.#form[name];
  }

  /** Null where it is left out or sent empty. */
  text(name: string, mostLength = 5000): string | null {
    const value = this.#form[name];
    if (value === undefined || value === "") return null;
    if (typeof value !== "string") throw invalid(`Invalid string: ${name}`, { param: name });
    if (value.length > mostLength) {
      throw invalid(`Invalid string: ${name}; must be at most ${mostLength} characters`, {
        param: name,
      });
    }
    return value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== null) return value;
    throw invalid(`Missing required param: ${name}.`, { code: "parameter_missing", param: name });
  }

  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!/^-?\d{1,15}$/.test(value)) {
      throw invalid(`Invalid integer: ${value}`, {
        code: "parameter_invalid_integer",
        param: name,
      });
    }
    return Number(value);
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (value !== null && value !== "true" && value !== "false") {
      throw invalid(`Invalid boolean: ${value}`, { param: name });
    }
    return value === "true";
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.text(name);
    if (value === null) return null;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw invalid(`Invalid ${name}: must be one of ${choices.join(", ")}`, { param: name });
  }

  /** A map of text, `metadata[order]=7`; what was there with what is sent: an empty value takes a key away. */
  metadata(before: Readonly<Record<string, string>> = {}): Record<string, string> {
    const value = this.#form["metadata"];
    if (value === undefined) return { ...before };
    if (value === "") return {};
    const merged = new Map(Object.entries(before));
    for (const [name, text] of Object.entries(mapOf(value, "metadata"))) {
      if (typeof text !== "string" || name.length > keyLength || text.length > valueLength) {
        throw invalid(`Invalid metadata: ${name}`, { param: `metadata[${name}]` });
      }
      if (text === "") merged.delete(name);
      else merged.set(name, text);
    }
    if (merged.size > keysMost) {
      throw invalid(`Metadata can have up to ${keysMost} keys.`, { param: "metadata" });
    }
    return Object.fromEntries(merged);
  }

  /** A map, empty where it is left out. */
  map(name: string): Form {
    const value = this.#form[name];
    return value === undefined || value === "" ? {} : mapOf(value, name);
  }

  /** The paths of `expand[]`. */
  expand(): string[] {
    const value = this.#form["expand"] ?? [];
    return (Array.isArray(value) ? value : [value]).filter((path) => typeof path === "string");
  }
}

function mapOf(value: FormValue, name: string): Form {
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw invalid(`Invalid object: ${name}`, { param: name });
}

/** A text inside a map, or null. */
export function textIn(form: Form, name: string): string | null {
  const value = form[name];
  return typeof value === "string" && value !== "" ? value : null;
}
