import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** A block as it is told outside the database: who holds this can tell whether the table was rewritten. */
const headSchema = z.strictObject({
  block: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  lastSeq: z.string().regex(/^\d+$/),
  sealedAt: z.iso.datetime(),
});
export type AuditHead = z.infer<typeof headSchema>;

/** `unreadable`: the numbers of the lines that are not a head. */
export type HeadFile = { heads: AuditHead[]; unreadable: number[] };

function parseHead(line: string): AuditHead | null {
  try {
    return headSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** Everything up to the last line's end: what follows it was not written whole. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** Reads the heads of a file, oldest first; null where there is no such file. */
export async function readHeadFile(file: string): Promise<HeadFile | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    throw error;
  }
  const heads: AuditHead[] = [];
  const unreadable: number[] = [];
  const lines = wholeLines(text).split("\n").slice(0, -1);
  lines.forEach((line, index) => {
    const head = parseHead(line);
    if (head) heads.push(head);
    else unreadable.push(index + 1);
  });
  return { heads, unreadable };
}

/**
 * Adds a line for each head and returns when they are on disk. Lines that are there are never changed;
 * one that a crash cut short is cut off first.
 */
export async function appendHeads(file: string, heads: readonly AuditHead[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const before = await readFile(file).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const handle = await open(file, "a", 0o600);
  try {
    const wholeBytes = before.lastIndexOf(0x0a) + 1;
    if (wholeBytes < before.length) await handle.truncate(wholeBytes);
    await handle.appendFile(heads.map((head) => `${JSON.stringify(head)}\n`).join(""));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
