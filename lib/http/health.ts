import type { z } from "zod";
import type { healthView } from "./view-schemas.ts";

type Health = z.infer<typeof healthView>;

/**
 * Health from its checks. Without the database nothing can be paid: 503. Without a worker payments go on,
 * only unknown outcomes wait longer.
 */
export function healthAnswer(checks: Health["checks"]): Response {
  const isDegraded = checks.worker === "down" || checks.redis === "down";
  const status = checks.database === "down" ? "unavailable" : isDegraded ? "degraded" : "ok";
  const body: Health = { status, checks };
  return Response.json(body, { status: status === "unavailable" ? 503 : 200 });
}
