/** What a scenario claims and waits for. */
import { setTimeout as sleep } from "node:timers/promises";

/** Something was not as it must be. */
export class Violation extends Error {}

export function claim(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Violation(message);
}

/** Waits for what a barrier shows. */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  patienceMs = 9_000,
): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < patienceMs;) {
    if (await look().catch(() => false)) return;
    await sleep(15);
  }
  throw new Violation(`it never came to be: ${what}`);
}
