/** Starts server.ts as a process of its own and waits until it serves. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "./project.ts";
import type { Scope } from "./scope.ts";
import { Refusal } from "./terminal.ts";

const readyTimeoutMs = 60_000;
/** Somewhat more than server.ts gives requests in flight. */
const stopPatienceMs = 27_000;

/** A server that answers; `exited` resolves when it ends without having been asked to. */
export type WebServer = { url: string; exited: Promise<void> };

/** Resolves once `/api/health/` answers 200. The channel to it tells the server when we are gone. */
export async function startWebServer(scope: Scope, env: NodeJS.ProcessEnv): Promise<WebServer> {
  const child = scope.spawn(
    process.execPath,
    [path.join(projectRoot, "server.ts")],
    { cwd: projectRoot, env, stdio: ["ignore", "inherit", "inherit", "ipc"] },
    stopPatienceMs,
  );
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  const host =
    !env["HOST"] || env["HOST"] === "0.0.0.0" || env["HOST"] === "::" ? "127.0.0.1" : env["HOST"];
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${env["PORT"]}`;
  for (const started = Date.now(); Date.now() - started < readyTimeoutMs;) {
    if (ended) throw new Refusal("The web server did not start; the reason is above.");
    if (await isHealthy(url)) return { url, exited };
    await sleep(50);
  }
  throw new Refusal(`The web server did not become healthy within ${readyTimeoutMs / 1000} s.`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health/`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
