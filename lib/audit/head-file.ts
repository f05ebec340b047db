import { createReadStream } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import path from "node:path";

/** A block as it is told outside the database: who holds this can tell whether the table was rewritten. */
export type AuditHead = {
  block: number;
  /** SHA-256 in hexadecimal. */
  hash: string;
  lastSeq: string;
  /** ISO 8601. */
  sealedAt: string;
};

/** `unreadable`: the numbers of the lines that are not a head. */
export type HeadFile = { heads: Pick<AuditHead, "block" | "hash">[]; unreadable: number[] };

const linePattern =
  /^\{"block":([1-9]\d{0,9}),"hash":"([0-9a-f]{64})","lastSeq":"\d+","sealedAt":"[0-9TZ:.-]+"\}$/;
// Longer than any line: in so much of a file's end its last whole line is found.
const tailBytes = 4_096;

const lineOf = ({ block, hash, lastSeq, sealedAt }: AuditHead): string =>
  `${JSON.stringify({ block, hash, lastSeq, sealedAt })}\n`;

function isAbsent(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}

/**
 * Reads the heads of the blocks after `afterBlock`, in the file's order; null where there is no such
 * file. What follows the last line's end was not written whole and is no line.
 */
export async function readHeadFile(file: string, afterBlock = 0): Promise<HeadFile | null> {
  const found: HeadFile = { heads: [], unreadable: [] };
  let lineNumber = 0;
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        lineNumber += 1;
        const [, block, hash] = linePattern.exec(line) ?? [];
        if (block === undefined || hash === undefined) found.unreadable.push(lineNumber);
        else if (Number(block) > afterBlock) found.heads.push({ block: Number(block), hash });
      }
    }
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  return found;
}

async function readTail(handle: FileHandle): Promise<{ text: string; bytes: number }> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(size, tailBytes));
  await handle.read(buffer, 0, buffer.length, size - buffer.length);
  return { text: buffer.toString("latin1"), bytes: size };
}

/** The number of the last block that a file tells; 0 where there is none, or no file. */
export async function lastToldBlock(file: string): Promise<number> {
  const handle = await open(file, "r").catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (handle === null) return 0;
  try {
    const { text } = await readTail(handle);
    const lines = text.split("\n").slice(0, -1);
    const last = lines.findLast((line) => linePattern.test(line)) ?? "";
    return Number(linePattern.exec(last)?.[1] ?? 0);
  } finally {
    await handle.close();
  }
}

/**
 * Adds a line for each head and returns when they are on disk. Lines that are there are never changed;
 * one that a crash cut short is cut off first.
 */
export async function appendHeads(file: string, heads: readonly AuditHead[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, "a+", 0o600);
  try {
    const { text, bytes } = await readTail(handle);
    const tornBytes = text.length - (text.lastIndexOf("\n") + 1);
    if (tornBytes > 0) await handle.truncate(bytes - tornBytes);
    await handle.appendFile(heads.map(lineOf).join(""));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
