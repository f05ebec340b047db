import type { z } from "zod";
import type { Viewer } from "../domain/actor.ts";
import type { LimitClass } from "./rate-limit.ts";

/** One answer of a call, for the API's description. */
export type DescribedAnswer = { description: string; schema?: z.ZodType };

/**
 * One call of the API: what is validated, who may make it and what it answers. The route runs by it and
 * the OpenAPI document is made from it.
 */
export type Call = {
  method: "GET" | "POST";
  /** With its trailing slash and `{name}` for parameters, as the contract writes it. */
  path: string;
  summary: string;
  auth: "public" | "user" | "staff" | "admin";
  limit: LimitClass;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Takes bytes of any type as they come, instead of a JSON body. */
  rawBody?: { maxBytes: number };
  /** Takes `Idempotency-Key`. */
  idempotent?: true;
  /** By status. What every call may answer (401, 429, 500 …) is not repeated here. */
  answers: Readonly<Record<number, DescribedAnswer>>;
};

type Parsed<C extends Call, Part extends "params" | "query" | "body"> =
  C extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

/** A request whose call says `rawBody`: bytes that nobody has looked at, and what came with them. */
export type RawRequest = { headers: Headers; bytes: Uint8Array };

/** What a handler gets: everything checked, nothing raw but where the call says so. */
export type ApiRequest<C extends Call> = {
  viewer: C["auth"] extends "public" ? null : Viewer;
  params: Parsed<C, "params">;
  query: Parsed<C, "query">;
  body: Parsed<C, "body">;
  raw: C extends { rawBody: object } ? RawRequest : undefined;
  /** The row of the request's `Idempotency-Key`, so that a repetition finds what the first made. */
  idempotencyKeyId: string | undefined;
  url: URL;
};

/** A route handler as Next and server.ts call it. */
export type RouteHandler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
) => Promise<Response>;
