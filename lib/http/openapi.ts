import { z } from "zod";
import { cookieName } from "../auth/session-cookie.ts";
import { processGlobal } from "../process-global.ts";
import type { Call, DescribedAnswer } from "./call.ts";
import { calls } from "./calls.ts";
import { detailProblem, namedViews } from "./view-schemas.ts";

type Json = Record<string, unknown>;

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(namedViews)) names.add(schema, { id });

/** JSON Schema of a Zod schema, with the named views as references into the document. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _schema, $defs: _defs, ...rest } = convert(schema, io);
  return withReferences(rest) as Json;
}

/** The definition of a named view itself. */
function definition(id: string, schema: z.ZodType): Json {
  const { $defs } = convert(schema, "output") as { $defs?: Record<string, Json> };
  const { id: _id, ...own } = $defs?.[id] ?? {};
  return withReferences(own) as Json;
}

function convert(schema: z.ZodType, io: "input" | "output"): Json {
  return z.toJSONSchema(schema, {
    io,
    metadata: names,
    override: ({ zodSchema, jsonSchema: target }) => {
      // The registry above replaces Zod's own, which holds the descriptions and examples.
      Object.assign(target, z.globalRegistry.get(zodSchema) ?? {});
      // A number in a query is validated as text; the text's pattern says nothing of the number.
      if (target.type === "integer") delete target.pattern;
    },
  }) as Json;
}

/** `#/$defs/Order` → `#/components/schemas/Order`, however deep. */
function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === "$ref" && typeof item === "string"
        ? [key, item.replace("#/$defs/", "#/components/schemas/")]
        : [key, withReferences(item)],
    ),
  );
}

const everyHeader = [
  "X-Request-Id",
  "RateLimit-Limit",
  "RateLimit-Remaining",
  "RateLimit-Reset",
  "Server-Timing",
];
const headerReference = (name: string) => [name, { $ref: `#/components/headers/${name}` }] as const;

function answerOf({ description, schema }: DescribedAnswer, extraHeaders: readonly string[]): Json {
  return {
    description,
    headers: Object.fromEntries([...everyHeader, ...extraHeaders].map(headerReference)),
    ...(schema
      ? { content: { "application/json": { schema: jsonSchema(schema, "output") } } }
      : {}),
  };
}

const problem = (description: string): DescribedAnswer => ({ description, schema: detailProblem });

/** What the stages around every handler may answer, by what the call goes through. */
function commonAnswers(call: Call): Record<number, DescribedAnswer> {
  return {
    ...(call.body || call.query || call.idempotent
      ? { 400: problem("A field is missing or wrong.") }
      : {}),
    ...(call.auth === "public"
      ? {}
      : { 401: problem("No token or session, or one that has ended.") }),
    ...(call.auth === "public" || call.method === "GET"
      ? {}
      : { 403: problem("Not allowed to this person, or a browser's write from elsewhere.") }),
    ...(call.params ? { 404: problem("Not there, or somebody else's.") } : {}),
    ...(call.idempotent
      ? { 409: problem("The first call with this Idempotency-Key still runs.") }
      : {}),
    ...(call.body
      ? {
          413: problem("The body is larger than 64 KiB."),
          415: problem("The body is not JSON in UTF-8."),
        }
      : {}),
    ...(call.rawBody
      ? { 413: problem(`The body is larger than ${call.rawBody.maxBytes / 1024} KiB.`) }
      : {}),
    ...(call.idempotent ? { 422: problem("The Idempotency-Key was used with another body.") } : {}),
    429: problem("Too many calls; `Retry-After` says when to come again."),
    500: problem("An unexpected failure."),
    503: problem("The service is unavailable; come again after `Retry-After`."),
  };
}

function headersOf(call: Call, status: number): string[] {
  if (status === 401) return ["WWW-Authenticate"];
  if (status === 429 || status === 503) return ["Retry-After"];
  if (status === 409 && call.idempotent) return ["Retry-After"];
  if (status < 400 && call.idempotent) return ["Idempotent-Replayed"];
  return status === 200 && call.query ? ["Link"] : [];
}

function answersOf(call: Call): Json {
  const common = commonAnswers(call);
  const merged = { ...common };
  for (const [status, own] of Object.entries(call.answers)) {
    const shared = common[Number(status)];
    // Both are true of the status: the call's own reason, and the one of the stages before it.
    merged[Number(status)] = shared && Number(status) < 500 ? bothOf(own, shared) : own;
  }
  return Object.fromEntries(
    Object.entries(merged).map(([status, described]) => [
      status,
      answerOf(described, headersOf(call, Number(status))),
    ]),
  );
}

function bothOf(own: DescribedAnswer, shared: DescribedAnswer): DescribedAnswer {
  const description = `${own.description} ${shared.description}`;
  if (!own.schema || !shared.schema || own.schema === shared.schema) return { ...own, description };
  return { description, schema: z.union([own.schema, shared.schema]) };
}

function parametersOf(call: Call): Json[] {
  const described = (place: "path" | "query", schema: z.ZodObject | undefined): Json[] => {
    if (!schema) return [];
    const { properties, required } = jsonSchema(schema, "input") as {
      properties: Json;
      required?: string[];
    };
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === "path" || (required ?? []).includes(name),
      schema: property,
    }));
  };
  const idempotencyKey = { $ref: "#/components/parameters/IdempotencyKey" };
  return [
    ...described("path", call.params),
    ...described("query", call.query),
    ...(call.idempotent ? [idempotencyKey] : []),
  ];
}

function requestBodyOf(call: Call): Json {
  const content = call.body
    ? { "application/json": { schema: jsonSchema(call.body, "input") } }
    : call.rawBody && { "*/*": { schema: { type: "string", format: "binary" } } };
  return content ? { requestBody: { required: true, content } } : {};
}

function operationOf(id: string, call: Call): Json {
  const parameters = parametersOf(call);
  return {
    operationId: id,
    summary: call.summary,
    security: call.auth === "public" ? [] : [{ bearer: [] }, { session: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(call),
    responses: answersOf(call),
  };
}

function pathsOf(all: Readonly<Record<string, Call>>): Record<string, Json> {
  const paths: Record<string, Json> = {};
  for (const [id, call] of Object.entries(all)) {
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operationOf(id, call) };
  }
  return paths;
}

const text = (description: string) => ({ description, schema: { type: "string" } });
const count = (description: string) => ({ description, schema: { type: "integer" } });

const headers = {
  "X-Request-Id": text("Names this call in the logs."),
  "RateLimit-Limit": count("Calls a window allows."),
  "RateLimit-Remaining": count("Calls that are left in it."),
  "RateLimit-Reset": count("Seconds until the window ends."),
  "Server-Timing": text(
    "What the call cost: queries, their time in milliseconds, and the cache's part.",
  ),
  "Retry-After": count("Seconds to wait."),
  "WWW-Authenticate": text("Bearer"),
  "Idempotent-Replayed": text("`true` where this is the first call's answer again."),
  Link: text('The next page, `rel="next"`.'),
};

/** The OpenAPI 3.1 document of every call, made from the schemas that validate and type them. */
export function openApiDocument(sessionCookie: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Tollbooth payment API",
      version: "1.0.0",
      description:
        "Takes payments. Every path works with and without its trailing slash. Amounts are decimal strings; times are UTC.",
    },
    servers: [{ url: "/" }],
    paths: pathsOf(calls),
    components: {
      schemas: Object.fromEntries(
        Object.entries(namedViews).map(([id, schema]) => [id, definition(id, schema)]),
      ),
      headers,
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "Of one's own choice: the same key and body gets the first answer again.",
          schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
        },
      },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        session: { type: "apiKey", in: "cookie", name: sessionCookie },
      },
    },
  };
}

/** The document as JSON text, made once a process. */
export function openApiText(): string {
  return processGlobal("openapi", () => JSON.stringify(openApiDocument(cookieName("session"))));
}
