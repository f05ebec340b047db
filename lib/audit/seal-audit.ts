import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import {
  asOnlySealer,
  findLastAuditBlock,
  hasUnsealedRows,
  insertAuditBlock,
  lastGivenSeq,
  selectAuditBlocks,
  selectAuditRows,
  selectAuditWriters,
  type AuditBlockRecord,
  type AuditRow,
} from "../db/audit-blocks.ts";
import { withOwnConnection } from "../db/client.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { firstPreviousHash, hashBlock, hashRow } from "./audit-hash.ts";
import { appendHeads, lastToldBlock, type AuditHead } from "./head-file.ts";

const maxBlockRows = 1_000;
// One statement reads or writes a block; this is for a server in trouble.
const statementTimeoutMs = 30_000;
// Transactions end within seconds; one that does not is waited for in the next round.
const writersTimeoutMs = 15_000;
const pollMs = 50;
// Blocks that a head file lacks are caught up with in such portions.
const headPortion = 500;

type Options = { writersTimeoutMs?: number; headFile?: string | undefined };

/**
 * Seals the audit rows that no block holds yet, and tells each block's hash outside the table: in the
 * log, and in the file that AUDIT_HEAD_FILE names. Takes no lock that a payment could wait for. A row is
 * sealed only once no transaction can still bring an earlier one. Of several at once, one seals. Returns
 * how many rows it sealed.
 */
export async function sealAudit(options: Options = {}): Promise<number> {
  if (!(await hasUnsealedRows())) return 0;
  const headFile = options.headFile ?? getEnv().AUDIT_HEAD_FILE;
  return withOwnConnection(statementTimeoutMs, async (client) => {
    let sealed = 0;
    await asOnlySealer(client, async () => {
      const untilSeq = await settledSeq(client, options.writersTimeoutMs ?? writersTimeoutMs);
      if (untilSeq !== null) sealed = await sealUntil(client, untilSeq);
      if (headFile !== undefined) await writeHeads(client, headFile);
    });
    return sealed;
  });
}

/**
 * A number up to which every audit row that will ever be is visible now; null where a transaction takes
 * too long. The number is read first: who draws one at or below it shows in the list read after, or has
 * ended.
 */
async function settledSeq(client: ClientBase, timeoutMs: number): Promise<string | null> {
  const untilSeq = await lastGivenSeq(client);
  let waited = await selectAuditWriters(client);
  const startedAt = performance.now();
  while (waited.length > 0) {
    if (performance.now() - startedAt > timeoutMs) {
      log.warn("the audit is sealed later: a transaction takes long", { count: waited.length });
      return null;
    }
    await sleep(pollMs);
    const writers = new Set(await selectAuditWriters(client));
    waited = waited.filter((writer) => writers.has(writer));
  }
  return untilSeq;
}

async function sealUntil(client: ClientBase, untilSeq: string): Promise<number> {
  let last = await findLastAuditBlock(client);
  let sealed = 0;
  for (;;) {
    const afterSeq = last?.lastSeq ?? "0";
    const rows = await selectAuditRows(client, { afterSeq, untilSeq, limit: maxBlockRows });
    if (rows.length === 0) return sealed;
    last = blockOf(rows, last);
    await insertAuditBlock(client, last);
    const { number, hash } = last;
    log.info("sealed a block of the audit", {
      block: number,
      hash: hash.toString("hex"),
      count: rows.length,
    });
    sealed += rows.length;
  }
}

function blockOf(rows: readonly AuditRow[], before: AuditBlockRecord | null): AuditBlockRecord {
  const seqs = rows.map(({ seq }) => seq);
  const content = {
    number: (before?.number ?? 0) + 1,
    firstSeq: seqs[0] ?? "0",
    lastSeq: seqs.at(-1) ?? "0",
    seqs,
    rowHashes: Buffer.concat(rows.map((row) => hashRow(row))),
    previousHash: before?.hash ?? firstPreviousHash,
    sealedAtMs: String(Date.now()),
  };
  return { ...content, hash: hashBlock(content) };
}

function headOf(block: AuditBlockRecord): AuditHead {
  return {
    block: block.number,
    hash: block.hash.toString("hex"),
    lastSeq: block.lastSeq,
    sealedAt: new Date(Number(block.sealedAtMs)).toISOString(),
  };
}

/** Adds the blocks that the file does not have yet, also those whose process died before it wrote them. */
async function writeHeads(client: ClientBase, file: string): Promise<void> {
  let afterNumber = await lastToldBlock(file);
  for (;;) {
    const blocks = await selectAuditBlocks(client, { afterNumber, limit: headPortion });
    const last = blocks.at(-1);
    if (last === undefined) return;
    await appendHeads(file, blocks.map(headOf));
    afterNumber = last.number;
  }
}
