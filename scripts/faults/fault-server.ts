/** server.ts as a process that can be killed at any moment and started again. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../project.ts";

const readyTimeoutMs = 60_000;
const keptLines = 60;

// Put beside the server, not into it: on this signal something fails that nobody waits for.
const unforeseen = "process.on('SIGUSR2',()=>{Promise.reject(new Error('unforeseen'))})";
const besideServer = `--import=data:text/javascript,${encodeURIComponent(unforeseen)}`;

export class FaultServer {
  readonly url: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #expected = false;
  #died = 0;
  readonly #lines: string[] = [];

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.url = `http://127.0.0.1:${env["PORT"]}`;
  }

  /** How often it ended without having been told to. */
  get unexpectedDeaths(): number {
    return this.#died;
  }

  get isUp(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    );
  }

  get processId(): number {
    if (!this.#child?.pid || !this.isUp) throw new Error("the server is not up");
    return this.#child.pid;
  }

  /** What it wrote last, to explain a failure. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [path.join(projectRoot, "server.ts")], {
      cwd: projectRoot,
      env: { ...this.#env, NODE_OPTIONS: besideServer },
      // The channel tells it when we are gone, however we go.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own, so that all of it is killed at once.
      detached: true,
    });
    child.on("error", () => undefined);
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => this.#keep(chunk));
    this.#expected = false;
    child.once("exit", () => {
      if (!this.#expected) this.#died += 1;
    });
    this.#child = child;
    await this.untilHealthy();
  }

  #keep(chunk: Buffer): void {
    this.#lines.push(
      ...chunk
        .toString()
        .split("\n")
        .filter((line) => line.trim() !== ""),
    );
    this.#lines.splice(0, this.#lines.length - keptLines);
  }

  async untilHealthy(): Promise<void> {
    for (const startedAt = Date.now(); Date.now() - startedAt < readyTimeoutMs;) {
      if (!this.isUp) throw new Error(`the server did not start:\n${this.#lines.join("\n")}`);
      if (await this.isHealthy()) return;
      await sleep(40);
    }
    throw new Error("the server did not become healthy");
  }

  async isHealthy(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/api/health/`, {
        signal: AbortSignal.timeout(3_000),
      });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  /** Nothing of it runs any more when this resolves. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As a deployment does; returns its exit code. */
  terminate(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  /** Has something fail that nobody waits for; returns the exit code. */
  failUnforeseen(): Promise<number | null> {
    return this.#end("SIGUSR2");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child?.pid || !this.isUp) return null;
    this.#expected = true;
    const exited = once(child, "exit");
    process.kill(signal === "SIGKILL" ? -child.pid : child.pid, signal);
    await exited;
    return child.exitCode;
  }

  async stop(): Promise<void> {
    const late = setTimeout(() => void this.kill(), 27_000);
    await this.terminate();
    clearTimeout(late);
  }
}
