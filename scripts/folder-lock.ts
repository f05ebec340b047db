/** Says which process alone may work on a folder. */
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { errorCode, Refusal } from "./terminal.ts";

/**
 * Takes the folder for this process and returns how to give it back; refuses with that sentence when
 * another has it. The lock is a socket in Linux's abstract namespace: it goes with its process however
 * that dies, so there is never a stale one to clean up.
 */
export async function lockFolder(folder: string, refusal: string): Promise<() => void> {
  if (process.platform !== "linux") return () => undefined;
  const name = `\0tollbooth-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`;
  const holder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    holder.once("error", (error) => {
      reject(errorCode(error) === "EADDRINUSE" ? new Refusal(refusal) : error);
    });
    holder.listen(name, resolve);
  });
  holder.unref();
  return () => void holder.close();
}
