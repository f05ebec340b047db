import { createHash } from "node:crypto";
import { auditColumns, type AuditBlockRecord, type AuditRow } from "../db/audit-blocks.ts";

export const sha256Bytes = 32;

const rowTag = "tollbooth.audit.row.1";
const blockTag = "tollbooth.audit.block.1";

/**
 * SHA-256 of an audit row: of a JSON list of the tag and the text of every column, in a fixed order.
 * Another `seq` may be put in its place, to see whether the row was moved.
 */
export function hashRow(row: AuditRow, seq: string = row.seq): Buffer {
  const texts = auditColumns.map((column) => (column === "seq" ? seq : row[column]));
  return createHash("sha256")
    .update(JSON.stringify([rowTag, ...texts]))
    .digest();
}

/** What the chain hangs on before its first block. */
export const firstPreviousHash = createHash("sha256").update("tollbooth.audit.start.1").digest();

type BlockContent = Omit<AuditBlockRecord, "hash">;

/** SHA-256 of a block: of all that it holds, the hash of the block before among it. */
export function hashBlock(block: BlockContent): Buffer {
  const { number, firstSeq, lastSeq, seqs, rowHashes, previousHash, sealedAtMs } = block;
  const head = [number, previousHash.toString("hex"), firstSeq, lastSeq, sealedAtMs, seqs];
  return createHash("sha256")
    .update(JSON.stringify([blockTag, ...head, rowHashes.toString("hex")]))
    .digest();
}
