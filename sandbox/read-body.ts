import type { z } from "zod";
import { Refused } from "./refused.ts";

/** Reads the body of a control call by its schema. Throws `Refused`, naming the first field amiss. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".");
  throw new Refused(
    400,
    `${field ? `${field}: ` : ""}${issue?.message ?? "The body is not right."}`,
  );
}
