/** How a script speaks to the person who started it. */

/** Something the person can put right: printed as one sentence, without a stack, exit code 1. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Runs a script's main function and turns a failure into one readable message and exit code 1. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}

/** A refusal's sentence as it is; anything else is a bug of ours and keeps its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (errorCode(error) === "ENOSPC") return "There is no space left on the disk.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The system's or PostgreSQL's short code on an error, such as ENOENT or 28P01. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
