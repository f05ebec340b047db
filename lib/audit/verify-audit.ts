import type { ClientBase } from "pg";
import { findAuditBlockBefore } from "../db/audit-blocks.ts";
import { countUnsealed, selectUntoldStatuses } from "../db/audit-state.ts";
import { inSnapshot } from "../db/snapshot.ts";
import { AuditFindings, type AuditCheck } from "./audit-findings.ts";
import { readHeadFile } from "./head-file.ts";
import { headComparer, readSealedRows, type ChainProgress } from "./verify-blocks.ts";
import { verifyRows } from "./verify-rows.ts";

export type AuditReport = {
  checks: AuditCheck[];
  blocks: number;
  sealedRows: number;
  unsealedRows: number;
  /** Numbers given after the last row. Each transaction that was rolled back leaves some: a hint only. */
  unusedSeqs: number;
  /** How many lines of the head file were compared; null without a file. */
  heads: number | null;
};

type Options = {
  /** Without one, a chain that was cut off or made anew as a whole cannot be told from a sound one. */
  headFile?: string | undefined;
  /** Only the blocks sealed since then; the ones before are taken as they are. */
  since?: Date;
};

const lowestSeq = String(-(2n ** 63n));

/**
 * Holds the audit against its blocks, the blocks against each other and against the heads told outside,
 * and every status against its last audit row. Reads one snapshot, so payments may go on meanwhile.
 */
export async function verifyAudit(
  client: ClientBase,
  { headFile, since }: Options = {},
): Promise<AuditReport> {
  const before = since === undefined ? null : await findAuditBlockBefore(client, since);
  // Before the snapshot: a block is in the table first and in the file after.
  const heads = headFile === undefined ? null : await readHeadFile(headFile, before?.number);
  return inSnapshot(client, async () => {
    const findings = new AuditFindings();
    const progress: ChainProgress = { before, blocks: 0, sealedRows: 0 };
    const comparer = heads && headComparer(heads, before?.number ?? 0, findings);
    const sealedRows = readSealedRows(client, progress, findings, (block) => comparer?.see(block));
    await verifyRows(client, sealedRows, before?.lastSeq ?? lowestSeq, findings);
    comparer?.end();
    for (const { id, status, told } of await selectUntoldStatuses(client)) {
      findings.add("tail", `${id} is ${status}, its last audit row says ${told ?? "nothing"}`);
    }
    return {
      checks: findings.checks(heads === null ? ["heads"] : []),
      blocks: progress.blocks,
      sealedRows: progress.sealedRows,
      ...(await countUnsealed(client, progress.before?.lastSeq ?? "0")),
      heads: heads && heads.heads.length,
    };
  });
}
