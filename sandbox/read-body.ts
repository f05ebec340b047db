import type { z } from "zod";
import { Refused } from "./refused.ts";

/** Reads the body of a control call by its schema. Throws `Refused`, naming the first field amiss. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    throw new Refused(400, `There is no field ${issue.keys.join(", ")}.`);
  }
  const field = issue?.path.join(".");
  throw new Refused(400, field ? `${field}: ${issue?.message}` : "Send a JSON object.");
}
