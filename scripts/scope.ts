/** What a script has started and must not leave behind, however it ends. */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describeFailure } from "./terminal.ts";

/** Stops its parts in the reverse order of their start. */
export class Scope {
  readonly #parts: (() => Promise<void>)[] = [];
  #stopped: Promise<void> | undefined;

  /** True once the person or the system has asked us to stop. */
  get stopping(): boolean {
    return this.#stopped !== undefined;
  }

  /**
   * Waits for something to start and has it stopped at the end, also when the end comes while it is
   * still starting.
   */
  async start<T extends { stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
    this.#parts.push(async () => {
      const started = await starting.catch(() => undefined);
      await started?.stop();
    });
    return await starting;
  }

  /** Starts a process that gets SIGTERM at the end, and SIGKILL when it has not gone by `patienceMs`. */
  spawn(command: string, args: string[], options: SpawnOptions, patienceMs = 5_000): ChildProcess {
    const child = spawn(command, args, options);
    const exited = once(child, "exit").catch(() => undefined);
    child.on("error", () => undefined);
    this.#parts.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill("SIGTERM");
      const gone = await Promise.race([exited.then(() => true), sleep(patienceMs, false)]);
      if (!gone) child.kill("SIGKILL");
      await exited;
    });
    return child;
  }

  /** Runs a process to its end and gives its exit code; output goes to the terminal. */
  async run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
    return await exitCode(
      this.spawn(command, args, { env, stdio: ["ignore", "inherit", "inherit"] }),
    );
  }

  /** The same, but keeps the output to itself unless the process fails. */
  async runQuietly(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
    const child = this.spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => output.push(chunk));
    }
    const code = await exitCode(child);
    if (code !== 0 && !this.stopping) process.stderr.write(Buffer.concat(output));
    return code;
  }

  /** Stops everything, once. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      for (const part of this.#parts.reverse()) {
        await part().catch((error: unknown) => console.error(describeFailure(error)));
      }
    })();
    return this.#stopped;
  }
}

/** When npm, which started us, is killed outright, nobody passes us a signal. */
function watchNpm(interrupt: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const check = (): void => {
    if (process.ppid !== parent) interrupt();
  };
  setInterval(check, 1_000).unref();
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a script in a scope and ends the process with the exit code it returns. Ctrl-C and SIGTERM end
 * it early, with everything stopped, and exit code `interruptedCode`.
 */
export async function runInScope(
  main: (scope: Scope) => Promise<number>,
  interruptedCode: () => number,
): Promise<never> {
  const scope = new Scope();
  const interrupt = (): void => {
    if (scope.stopping) return;
    void scope.stop().then(() => process.exit(interruptedCode()));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  watchNpm(interrupt);
  let code = 1;
  try {
    code = await main(scope);
  } catch (error) {
    // What breaks because we are stopping is not news.
    if (!scope.stopping) console.error(describeFailure(error));
  }
  const wasInterrupted = scope.stopping;
  await scope.stop();
  process.exit(wasInterrupted ? interruptedCode() : code);
}
