/**
 * Holds requests and answers against a service's own OpenAPI 3.0 description (sandbox/specs). Each check
 * returns what does not fit, one sentence each; an empty list is a pass.
 */
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formatsModule from "ajv-formats";
import { parseForm } from "../../sandbox/stripe/form.ts";

type Json = Record<string, unknown>;
type Parameter = { name: string; in: string; required: boolean; pointer: string };
type Operation = { path: string; pointer: string; value: Json };

const formType = "application/x-www-form-urlencoded";
const specsFolder = new URL("../../sandbox/specs/", import.meta.url);
const addFormats = formatsModule.default;

export type SentRequest = {
  method: string;
  /** With its query, as it goes out: `/v1/refunds?limit=3`. */
  path: string;
  /** JSON text, or a form where the operation takes one; left out: none. */
  body?: string;
  /** Where given, required headers are looked for. */
  headers?: Headers;
};
export type GivenAnswer = { method: string; path: string; status: number; body: unknown };

export class OpenApi {
  readonly #document: Json;
  readonly #strict: Ajv;
  /** For forms and queries, in which every value is text. */
  readonly #coercing: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  /** `file`: a name in sandbox/specs, `stripe.openapi.json`. */
  constructor(file: string) {
    this.#document = withNulls(
      JSON.parse(readFileSync(new URL(file, specsFolder), "utf8")),
    ) as Json;
    const make = (coerceTypes: boolean): Ajv => {
      const ajv = new Ajv({
        strict: false,
        allErrors: true,
        validateSchema: false,
        inlineRefs: false,
        unicodeRegExp: false,
        // PayPal names formats of its own, which say nothing here.
        logger: false,
        coerceTypes,
      });
      addFormats(ajv);
      ajv.addSchema(this.#document, "spec");
      return ajv;
    };
    this.#strict = make(false);
    this.#coercing = make(true);
  }

  /** What in a request the service's description does not allow. */
  request({ method, path, body, headers }: SentRequest): string[] {
    const { pathname, search } = new URL(path, "http://service");
    const operation = this.#operation(method, pathname);
    if (!operation) return [`${method} ${pathname} is no operation of the service`];
    return [
      ...this.#parametersOf(operation, search.slice(1), headers),
      ...this.#bodyOf(operation, body ?? ""),
    ];
  }

  /** What in an answer the service's description does not allow. A 204 has no body. */
  answer({ method, path, status, body }: GivenAnswer): string[] {
    const operation = this.#operation(method, new URL(path, "http://service").pathname);
    if (!operation) return [`${method} ${path} is no operation of the service`];
    const responses = asJson(operation.value["responses"]);
    const key = [String(status), "default"].find((name) => name in responses);
    if (key === undefined) return [`${method} ${path} never answers ${status}`];
    const [response, pointer] = this.#resolve(`${operation.pointer}/responses/${key}`);
    const content = asJson(response["content"]);
    if (!("application/json" in content)) return [];
    return this.#problems(
      this.#strict,
      `${pointer}/content/${escaped("application/json")}/schema`,
      body,
    );
  }

  /** The operation whose path fits; literal parts win over `{id}`. */
  #operation(method: string, pathname: string): Operation | null {
    const paths = asJson(this.#document["paths"]);
    const variables = (path: string): number => path.split("{").length;
    const path = Object.keys(paths)
      .filter((template) => patternOf(template).test(pathname))
      .sort((one, other) => variables(one) - variables(other))[0];
    const verb = method.toLowerCase();
    if (path === undefined || !(verb in asJson(paths[path]))) return null;
    return {
      path,
      pointer: `/paths/${escaped(path)}/${verb}`,
      value: asJson(asJson(paths[path])[verb]),
    };
  }

  #parametersOf(operation: Operation, search: string, headers: Headers | undefined): string[] {
    const known = this.#parameters(operation);
    const query = parseForm(search);
    if (query === null) return ["the query is not readable"];
    const inQuery = known.filter((parameter) => parameter.in === "query");
    const names = new Set(inQuery.map(({ name }) => name));
    const unknown = Object.keys(query).filter((name) => !names.has(name));
    return [
      ...unknown.map((name) => `query ${name} is no parameter of ${operation.path}`),
      ...inQuery.flatMap(({ name, required, pointer }) => {
        if (!(name in query)) return required ? [`query ${name} is missing`] : [];
        const problems = this.#problems(this.#coercing, `${pointer}/schema`, query[name]);
        return problems.map((problem) => `query ${name} ${problem}`);
      }),
      ...known
        .filter(
          ({ in: place, required, name }) =>
            place === "header" && required && headers && !headers.has(name),
        )
        .map(({ name }) => `header ${name} is missing`),
    ];
  }

  #parameters({ path, pointer, value }: Operation): Parameter[] {
    const shared = `/paths/${escaped(path)}`;
    const listed = [
      ...asList(value["parameters"]).map((_, index) => `${pointer}/parameters/${index}`),
      ...asList(this.#at(shared)["parameters"]).map((_, index) => `${shared}/parameters/${index}`),
    ];
    return listed.map((place) => {
      const [parameter, found] = this.#resolve(place);
      return {
        name: String(parameter["name"]),
        in: String(parameter["in"]),
        required: parameter["required"] === true,
        pointer: found,
      };
    });
  }

  #bodyOf({ pointer, value, path }: Operation, text: string): string[] {
    if (!("requestBody" in value)) return text === "" ? [] : [`${path} takes no body`];
    const [described, place] = this.#resolve(`${pointer}/requestBody`);
    const [type = ""] = Object.keys(asJson(described["content"]));
    const isForm = type === formType;
    if (text === "" && !isForm) return described["required"] ? ["the body is missing"] : [];
    const body = isForm ? parseForm(text) : fromJson(text);
    if (body === null) return ["the body is not readable"];
    const schema = `${place}/content/${escaped(type)}/schema`;
    return this.#problems(isForm ? this.#coercing : this.#strict, schema, body);
  }

  #problems(ajv: Ajv, pointer: string, value: unknown): string[] {
    const key = `${ajv === this.#strict ? "strict" : "form"} ${pointer}`;
    const validate = this.#compiled.get(key) ?? ajv.compile({ $ref: `spec#${encodeURI(pointer)}` });
    this.#compiled.set(key, validate);
    // Reading text as numbers changes what is given.
    if (validate(structuredClone(value))) return [];
    return [...new Set((validate.errors ?? []).map(inWords))];
  }

  /** What is at a pointer, and where it really stands after `$ref`. */
  #resolve(pointer: string): [Json, string] {
    const value = this.#at(pointer);
    const reference = value["$ref"];
    return typeof reference === "string" ? this.#resolve(reference.slice(1)) : [value, pointer];
  }

  #at(pointer: string): Json {
    let value: unknown = this.#document;
    for (const part of pointer.split("/").slice(1)) {
      value = (value as Json)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
    }
    return asJson(value);
  }
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/[.]/g, "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

function escaped(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

function asJson(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || "/"} ${message ?? "does not fit"} ${JSON.stringify(params)}`;
}

/** OpenAPI's `nullable: true` as JSON Schema says it: also beside `anyOf` and `$ref`, where Ajv does not read it. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, part]) => [name, withNulls(part)]),
  );
  if (nullable === true) return { anyOf: [inner, { type: "null" }] };
  return nullable === undefined || typeof nullable === "boolean"
    ? inner
    : { ...inner, nullable: withNulls(nullable) };
}
