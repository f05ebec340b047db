import type { z } from "zod";
import { databaseAnswers } from "../db/client.ts";
import { workerState } from "../jobs/worker.ts";
import type { healthView } from "./view-schemas.ts";

type Health = z.infer<typeof healthView>;

/** Asks each part how it is; takes a second at most. */
export async function checkHealth(): Promise<Health["checks"]> {
  const database = (await databaseAnswers()) ? "ok" : "down";
  return { database, redis: "off", worker: workerState() };
}

/**
 * Health from its checks. Without the database nothing can be paid. Without a worker payments go on, only
 * unknown outcomes wait longer.
 */
export function viewHealth(checks: Health["checks"]): Health {
  if (checks.database === "down") return { status: "unavailable", checks };
  const isDegraded = checks.worker === "down" || checks.redis === "down";
  return { status: isDegraded ? "degraded" : "ok", checks };
}
