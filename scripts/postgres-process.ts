/** Starts and stops the PostgreSQL server of a cluster, and heals what a killed one left behind. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, readdir, readlink, realpath, rm } from "node:fs/promises";
import { Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isPortFree } from "./free-port.ts";
import { postgresEnvironment } from "./postgres-binaries.ts";
import type { Cluster } from "./postgres-folder.ts";
import { errorCode, Refusal } from "./terminal.ts";

/** A running server; `exited` resolves when it has ended, asked to or not. */
export type Server = { port: number; exited: Promise<void>; stop: () => Promise<void> };

export type ServerOptions = {
  /** False gives up safety against a crash for speed; only for data that is thrown away. */
  durable: boolean;
  maxConnections: number;
  /** Removed, after the server has stopped, if this process is killed before it could. */
  removeAfterwards?: string;
};

/** Long enough for orphaned backends to notice that their postmaster is gone, and for crash recovery. */
const healTimeoutMs = 15_000;
const startTimeoutMs = 60_000;

/** Starts the server on a loopback port, the one it had before where that is free. */
export async function startServer(cluster: Cluster, options: ServerOptions): Promise<Server> {
  await stopLeftovers(cluster.dataFolder);
  const before = cluster.credentials.port;
  const port = before !== 0 && (await isPortFree(before, "127.0.0.1")) ? before : await freePort();
  const child = launch(cluster, options, port);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const guard = guardAgainstOurDeath(child, options.removeAfterwards);
  void exited.then(() => guard.kill("SIGKILL"));
  await untilReady(child, cluster);
  return {
    port,
    exited,
    stop: async () => {
      child.ref();
      child.kill("SIGINT"); // PostgreSQL's "fast shutdown": ends sessions, writes a checkpoint.
      const ended = await Promise.race([
        exited.then(() => true),
        sleep(20_000, false, { ref: false }),
      ]);
      if (!ended) child.kill("SIGQUIT");
      await exited;
    },
  };
}

function launch(cluster: Cluster, options: ServerOptions, port: number): ChildProcess {
  const settings: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port,
    max_connections: options.maxConnections,
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    // Short statements on few rows: compiling them costs more than it saves.
    jit: "off",
    ...(options.durable
      ? {}
      : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" }),
  };
  const log = openSync(cluster.logFile, "w", 0o600);
  const child = spawn(
    path.join(cluster.programs, "bin/postgres"),
    [
      "-D",
      cluster.dataFolder,
      ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ],
    {
      ...cluster.identity,
      cwd: "/",
      env: postgresEnvironment,
      stdio: ["ignore", log, log],
      // A session of its own: Ctrl-C on the terminal must reach the web server first and the
      // database last, so that what is in flight can finish.
      detached: true,
    },
  );
  closeSync(log);
  child.unref();
  return child;
}

/**
 * Being in a session of its own, the server would outlive us if we were killed. A shell that waits
 * on a pipe from us sees the pipe close however we die, and then stops the server.
 */
function guardAgainstOurDeath(
  server: ChildProcess,
  remove: string | undefined,
): Pick<ChildProcess, "kill"> {
  const script = `
    while read -r _; do :; done
    kill -INT "$1" 2>/dev/null
    if [ -n "$2" ]; then
      n=0
      while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
      rm -rf "$2"
    fi`;
  const guard = spawn(
    "/bin/sh",
    ["-c", script, "tollbooth-guard", String(server.pid), remove ?? ""],
    {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  guard.on("error", () => undefined);
  guard.unref();
  // The pipe is a socket to Node, and would keep us from ending too.
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}

async function untilReady(child: ChildProcess, cluster: Cluster): Promise<void> {
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += 25) {
    if (failure || child.exitCode !== null || child.signalCode !== null)
      throw await startFailure(cluster, failure);
    const [pid, , , , , , , status] = await pidFileLines(cluster.dataFolder);
    if (Number(pid) === child.pid && status?.trim() === "ready") return;
    await sleep(25);
  }
  child.kill("SIGQUIT");
  throw new Refusal(
    `PostgreSQL did not start within ${startTimeoutMs / 1000} s; its log is ${cluster.logFile}.`,
  );
}

async function startFailure(cluster: Cluster, failure: Error | undefined): Promise<Refusal> {
  const log = failure?.message ?? (await readFile(cluster.logFile, "utf8").catch(() => ""));
  if (log.includes("No space left")) {
    return new Refusal(
      `There is no space left on the disk for the database in ${cluster.dataFolder}.`,
    );
  }
  const lines = log.trim().split("\n");
  const line =
    lines.find((text) => /(PANIC|FATAL|ERROR|could not):? /.test(text)) ?? lines.at(-1) ?? "";
  const reason = line.replace(/^.*?(PANIC|FATAL|ERROR):\s*/, "").trim();
  return new Refusal(
    `PostgreSQL cannot run on ${cluster.dataFolder}: ${reason} (its log is ${cluster.logFile}; remove the folder to begin anew).`,
  );
}

/** postmaster.pid: its process id first, "ready" in its eighth line. Empty where there is none. */
async function pidFileLines(dataFolder: string): Promise<string[]> {
  const text = await readFile(path.join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  return text.split("\n");
}

/**
 * A demo that was killed leaves a server that is shutting down, one that nobody stops, backends
 * without their postmaster, or just postmaster.pid. All of them are waited for or stopped here: we
 * hold the folder's lock, so no living Tollbooth uses them.
 */
async function stopLeftovers(dataFolder: string): Promise<void> {
  const deadline = Date.now() + healTimeoutMs;
  let asked = false;
  for (;;) {
    const alive = await processesOn(dataFolder);
    if (alive.length === 0) break;
    const postmaster = Number((await pidFileLines(dataFolder))[0]);
    if (!asked && alive.includes(postmaster)) {
      tell(postmaster, "SIGINT");
      asked = true;
    }
    if (Date.now() > deadline) {
      throw new Refusal(
        `Another PostgreSQL (process ${alive.join(", ")}) is using ${dataFolder} and does not stop.`,
      );
    }
    await sleep(100);
  }
  // Its process is gone: had the system given the id to another by now, PostgreSQL would refuse to start.
  if (process.platform === "linux")
    await rm(path.join(dataFolder, "postmaster.pid"), { force: true });
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

/** Every PostgreSQL process works in its data folder; that is how it is told from any other. */
async function processesOn(dataFolder: string): Promise<number[]> {
  const folder = await realpath(dataFolder);
  const entries = await readdir("/proc").catch(() => []);
  const candidates = entries.filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    candidates.map(async (pid) => {
      const [workingFolder, name] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ""),
        readFile(`/proc/${pid}/comm`, "utf8").catch(() => ""),
      ]);
      return workingFolder === folder && name.trim() === "postgres" ? Number(pid) : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}
