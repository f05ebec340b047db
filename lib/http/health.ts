import type { z } from "zod";
import { askDatabaseHealth } from "../db/health.ts";
import { workerState } from "../jobs/worker.ts";
import { processGlobal } from "../process-global.ts";
import type { healthView } from "./view-schemas.ts";

type Health = z.infer<typeof healthView>;
type Checks = Health["checks"];
type Answer = Pick<Checks, "database" | "books">;

// However often health is asked, the database is asked this often at most.
const keepAnswerMs = 1_000;
// Books that were not checked for this long are unknown; they are checked hourly.
const booksUnknownAfterMs = 2.5 * 3_600_000;

async function askDatabase(): Promise<Answer> {
  const health = await askDatabaseHealth();
  if (health === null) return { database: "down", books: "unknown" };
  const { hasOpenAlert, booksCheckedAt } = health;
  if (hasOpenAlert) return { database: "ok", books: "violated" };
  const ageMs = booksCheckedAt === null ? Infinity : Date.now() - booksCheckedAt.getTime();
  return { database: "ok", books: ageMs > booksUnknownAfterMs ? "unknown" : "ok" };
}

type Kept = { askedAt: number; answer: Promise<Answer> | null };
const kept = (): Kept => processGlobal("health-answer", () => ({ askedAt: 0, answer: null }));

/** Asks each part how it is; takes a second at most. An answer is good for another second. */
export async function checkHealth(): Promise<Checks> {
  const last = kept();
  const now = performance.now();
  if (last.answer === null || now - last.askedAt > keepAnswerMs) {
    last.askedAt = now;
    last.answer = askDatabase();
  }
  const { database, books } = await last.answer;
  return { database, redis: "off", worker: workerState(), books };
}

/**
 * Health from its checks. Without the database nothing can be paid. Without a worker payments go on, only
 * unknown outcomes wait longer; books that are violated want a person, and payments go on.
 */
export function viewHealth(checks: Checks): Health {
  if (checks.database === "down") return { status: "unavailable", checks };
  const isDegraded =
    checks.worker === "down" || checks.redis === "down" || checks.books === "violated";
  return { status: isDegraded ? "degraded" : "ok", checks };
}
