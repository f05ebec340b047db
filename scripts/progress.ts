/** Tells the person at the terminal what is being done and how long it took. */

/** Longer than this without a word looks like a hang. */
const silenceMs = 2_000;

/**
 * Runs one step and prints a line for it with its time. A text that `work` returns is said beside it.
 * On a terminal a step in progress shows its seconds; elsewhere a slow one is announced.
 */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const seconds = (digits: number): string =>
    ((performance.now() - startedAt) / 1000).toFixed(digits);
  const label = `  ${name.padEnd(11)}`;
  const terminal = process.stdout.isTTY;
  const ticking = terminal
    ? setInterval(() => process.stdout.write(`\r${label}${seconds(0).padStart(6)} s …`), 1_000)
    : setTimeout(() => console.log(`${label}       …`), silenceMs);
  try {
    const result = await work();
    const detail = typeof result === "string" && result !== "" ? `  ${result}` : "";
    clearTimeout(ticking);
    console.log(`${terminal ? "\r\u001b[K" : ""}${label}${seconds(1).padStart(6)} s${detail}`);
    return result;
  } catch (error) {
    clearTimeout(ticking);
    if (terminal) process.stdout.write("\r\u001b[K");
    throw error;
  }
}
