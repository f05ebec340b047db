/** Runs one command to its end. */
import { spawn } from "node:child_process";

/** The system user a command runs as; empty means the one who runs the script. */
export type Identity = { uid?: number; gid?: number };

type Options = Identity & { env?: NodeJS.ProcessEnv; cwd?: string; input?: string };

/** What a finished command said, standard output and error together, and how it ended (null: a signal). */
export type Finished = { code: number | null; output: string };

/** Resolves when the command has ended, with any exit code; a command that cannot start has code 127. */
export function runCommand(
  command: string,
  args: string[],
  options: Options = {},
): Promise<Finished> {
  const { input, ...spawnOptions } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: "/", ...spawnOptions, stdio: "pipe" });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
