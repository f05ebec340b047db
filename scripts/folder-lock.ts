/** Says which process alone may run a server on a folder. */
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { errorCode, Refusal } from "./terminal.ts";

/**
 * Takes the folder for this process and returns how to give it back; refuses when another has it.
 * The lock is a socket in Linux's abstract namespace: it goes with its process however that dies,
 * so there is never a stale one to clean up.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  if (process.platform !== "linux") return () => undefined;
  const name = `\0tollbooth-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`;
  const holder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    holder.once("error", (error) => {
      const taken = errorCode(error) === "EADDRINUSE";
      reject(taken ? new Refusal(`Tollbooth is already running on ${folder}: stop that one first.`) : error);
    });
    holder.listen(name, resolve);
  });
  holder.unref();
  return () => void holder.close();
}
