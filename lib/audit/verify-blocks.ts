import type { ClientBase } from "pg";
import { selectAuditBlocks, type AuditBlockRecord } from "../db/audit-blocks.ts";
import type { AuditFindings } from "./audit-findings.ts";
import { firstPreviousHash, hashBlock, sha256Bytes } from "./audit-hash.ts";
import type { HeadFile } from "./head-file.ts";

const pageBlocks = 50;
const lowestNumber = -(2 ** 31);

/** A row as a block holds it. */
export type SealedRow = { seq: bigint; hash: Buffer; block: number };

/** How far the chain was gone through. */
export type ChainProgress = { before: AuditBlockRecord | null; blocks: number; sealedRows: number };

/**
 * Goes through the blocks after `progress.before` in order, holds each against itself and the one
 * before, and hands out the rows they sealed.
 */
export async function* readSealedRows(
  client: ClientBase,
  progress: ChainProgress,
  findings: AuditFindings,
  onBlock: (block: AuditBlockRecord) => void,
): AsyncGenerator<SealedRow> {
  let afterNumber = progress.before?.number ?? lowestNumber;
  for (;;) {
    const page = await selectAuditBlocks(client, { afterNumber, limit: pageBlocks });
    for (const block of page) {
      verifyBlock(block, progress.before, findings);
      onBlock(block);
      for (const [index, seq] of block.seqs.entries()) {
        const from = index * sha256Bytes;
        const hash = block.rowHashes.subarray(from, from + sha256Bytes);
        yield { seq: BigInt(seq), hash, block: block.number };
      }
      progress.before = block;
      progress.blocks += 1;
      progress.sealedRows += block.seqs.length;
      afterNumber = block.number;
    }
    if (page.length < pageBlocks) return;
  }
}

function verifyBlock(
  block: AuditBlockRecord,
  before: AuditBlockRecord | null,
  findings: AuditFindings,
): void {
  const name = `block ${block.number}`;
  const expected = (before?.number ?? 0) + 1;
  if (block.number !== expected) {
    findings.add("numbers", `block ${expected} is missing: after it comes ${name}`);
  }
  if (!hasOrderedRows(block, before)) {
    findings.add("numbers", `${name} does not hold rows in order after those of the block before`);
  }
  if (!hashBlock(block).equals(block.hash)) {
    findings.add("sealed", `${name} was edited: it does not hash to its hash`);
  }
  if (!block.previousHash.equals(before?.hash ?? firstPreviousHash)) {
    findings.add(
      "chain",
      `${name} does not follow ${before ? `block ${before.number}` : "nothing"}`,
    );
  }
}

function hasOrderedRows(block: AuditBlockRecord, before: AuditBlockRecord | null): boolean {
  const { seqs, firstSeq, lastSeq, rowHashes } = block;
  let last = BigInt(before?.lastSeq ?? 0);
  for (const seq of seqs.map(BigInt)) {
    if (seq <= last) return false;
    last = seq;
  }
  const isWhole = seqs.length > 0 && rowHashes.length === seqs.length * sha256Bytes;
  return isWhole && firstSeq === seqs[0] && lastSeq === seqs.at(-1);
}

/**
 * Compares blocks with the heads that were told outside. `end` finds the ones that were told and are
 * not there: cut off, however whole the rest is.
 */
export function headComparer(
  file: HeadFile,
  afterNumber: number,
  findings: AuditFindings,
): { see: (block: AuditBlockRecord) => void; end: () => void } {
  for (const line of file.unreadable) {
    findings.add("heads", `line ${line} of the head file cannot be read`);
  }
  const told = new Map<number, string>();
  for (const { block, hash } of file.heads) {
    const known = told.get(block);
    if (known !== undefined && known !== hash) {
      findings.add("heads", `the head file tells block ${block} in two ways`);
    }
    told.set(block, known ?? hash);
  }
  let last = afterNumber;
  return {
    see: ({ number, hash }) => {
      last = number;
      const known = told.get(number);
      told.delete(number);
      if (known !== undefined && known !== hash.toString("hex")) {
        findings.add("heads", `block ${number} is not the one that was told`);
      }
    },
    end: () => {
      for (const number of [...told.keys()].sort((a, b) => a - b)) {
        const isEnd = number > last ? ": the end was cut off" : "";
        findings.add("heads", `block ${number} was told and is not there${isEnd}`);
      }
    },
  };
}
