/** Starts the gateways' sandbox as a process of its own and waits until it listens. */
import path from "node:path";
import { projectRoot } from "./project.ts";
import type { Scope } from "./scope.ts";
import { Refusal } from "./terminal.ts";

/** Somewhat more than the sandbox gives webhooks under way. */
const stopPatienceMs = 6_000;

/** `exited` resolves when it ends without having been asked to. */
export async function startSandbox(
  scope: Scope,
  env: NodeJS.ProcessEnv,
): Promise<{ exited: Promise<void> }> {
  const child = scope.spawn(
    process.execPath,
    [path.join(projectRoot, "sandbox/server.ts")],
    { cwd: projectRoot, env, stdio: ["ignore", "inherit", "inherit", "ipc"] },
    stopPatienceMs,
  );
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const isListening = await Promise.race([
    new Promise<boolean>((resolve) => child.once("message", () => resolve(true))),
    exited.then(() => false),
  ]);
  if (!isListening) throw new Refusal("The sandbox did not start; the reason is above.");
  return { exited };
}
