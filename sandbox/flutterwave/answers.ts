/** Flutterwave's words around an answer, and how its requests are read. */
import { z } from "zod";
import { json, type Call, type Reply } from "../stand-in.ts";

export function success(message: string, data: unknown, meta?: unknown): Reply {
  return json(200, { status: "success", message, ...(meta === undefined ? {} : { meta }), data });
}

export function failed(status: number, message: string): Reply {
  return json(status, { status: "error", message, data: null });
}

export const noTransaction = (): Reply => failed(400, "No transaction was found for this id");

/** A JSON body by its schema, or the answer to one that does not fit: the first field amiss. */
export function readJson<S extends z.ZodType>(
  schema: S,
  { body }: Call,
): { data: z.output<S> } | { refused: Reply } {
  let given: unknown;
  try {
    given = JSON.parse(body.toString("utf8") || "{}");
  } catch {
    return { refused: failed(400, "Invalid JSON payload") };
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return { data: parsed.data };
  const field = parsed.error.issues[0]?.path.join(".") || "payload";
  return { refused: failed(400, `${field} is required or invalid`) };
}

/** An amount of whole units, as a number or as text, as the decimal string that the book keeps. */
export const decimal = z
  .union([z.number(), z.string()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,12}(\.\d{1,3})?$/));

const pageSize = 10;

/** Which page of a list is asked for, and how the service describes it. */
export function paging(query: URLSearchParams): {
  skip: number;
  limit: number;
  meta: (total: number) => Record<string, unknown>;
} {
  const page = Math.max(1, Math.trunc(Number(query.get("page") ?? "1")) || 1);
  return {
    skip: (page - 1) * pageSize,
    limit: pageSize,
    meta: (total) => ({
      page_info: {
        total,
        current_page: page,
        total_pages: Math.max(1, Math.ceil(total / pageSize)),
      },
    }),
  };
}

/** Whole days, both included, in UTC. */
export function dayRange(query: URLSearchParams): { from?: Date; until?: Date } {
  const from = dayOf(query.get("from"));
  const to = dayOf(query.get("to"));
  return {
    ...(from ? { from } : {}),
    ...(to ? { until: new Date(to.getTime() + 86_400_000 - 1) } : {}),
  };
}

function dayOf(text: string | null): Date | null {
  const match = /^\d{4}-\d{2}-\d{2}/.exec(text ?? "");
  return match ? new Date(`${match[0]}T00:00:00.000Z`) : null;
}
