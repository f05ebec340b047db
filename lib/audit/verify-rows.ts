import type { ClientBase } from "pg";
import { selectAuditRows, type AuditRow } from "../db/audit-blocks.ts";
import type { AuditFindings } from "./audit-findings.ts";
import { hashRow } from "./audit-hash.ts";
import type { SealedRow } from "./verify-blocks.ts";

const pageRows = 2_000;
// To tell moved rows from edited ones, each is held against each; of more, the rest is only counted.
const comparedDifferences = 200;

/** A place where the rows are not as sealed: `sealed` null is a row too many, `row` null one too few. */
type Difference = { sealed: SealedRow | null; row: AuditRow | null };

/** A difference of which one side is known to be there. */
const seqOf = ({ sealed, row }: Difference): bigint => sealed?.seq ?? BigInt(row?.seq ?? 0);

async function* readRows(client: ClientBase, firstAfterSeq: string): AsyncGenerator<AuditRow> {
  let afterSeq = firstAfterSeq;
  for (;;) {
    const page = await selectAuditRows(client, { afterSeq, limit: pageRows });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    afterSeq = last.seq;
  }
}

/** Holds the rows after `afterSeq` against what was sealed. Both come in order, and each is read once. */
export async function verifyRows(
  client: ClientBase,
  sealedRows: AsyncIterable<SealedRow>,
  afterSeq: string,
  findings: AuditFindings,
): Promise<void> {
  const differences: Difference[] = [];
  const rows = readRows(client, afterSeq);
  const nextRow = async (): Promise<AuditRow | null> => {
    const next = await rows.next();
    return next.done === true ? null : next.value;
  };
  let row = await nextRow();
  for await (const sealed of sealedRows) {
    while (row !== null && BigInt(row.seq) < sealed.seq) {
      differences.push({ sealed: null, row });
      row = await nextRow();
    }
    if (row === null || BigInt(row.seq) !== sealed.seq) {
      differences.push({ sealed, row: null });
    } else {
      if (!hashRow(row).equals(sealed.hash)) differences.push({ sealed, row });
      row = await nextRow();
    }
  }
  // The rows after the last sealed one are nobody's yet, unless one of them is a sealed one renumbered.
  const isOneGone = differences.some((difference) => difference.row === null);
  const unsealed: AuditRow[] = [];
  while (isOneGone && row !== null && unsealed.length < comparedDifferences) {
    unsealed.push(row);
    row = await nextRow();
  }
  await rows.return(undefined);
  tell(differences, unsealed, findings);
}

/** Which row's content stands where: the number it was sealed under, by the number it has now. */
function findMoves(differences: readonly Difference[], unsealed: readonly AuditRow[]) {
  const compared = differences.slice(0, comparedDifferences);
  const candidates = [...compared.flatMap(({ row }) => row ?? []), ...unsealed];
  const wanted = compared.flatMap(({ sealed }) => sealed ?? []);
  const sealedSeqByRow = new Map<bigint, bigint>();
  for (const { seq, hash } of wanted) {
    const found = candidates.find((row) => hashRow(row, String(seq)).equals(hash));
    if (found) sealedSeqByRow.set(BigInt(found.seq), seq);
  }
  return sealedSeqByRow;
}

function tell(
  differences: readonly Difference[],
  unsealed: readonly AuditRow[],
  findings: AuditFindings,
): void {
  const sealedSeqByRow = findMoves(differences, unsealed);
  for (const [seq, sealedSeq] of [...sealedSeqByRow].sort(([a], [b]) => (a < b ? -1 : 1))) {
    findings.add("moved", `row ${seq} is what was sealed as row ${sealedSeq}`);
  }
  const movedAway = new Set(sealedSeqByRow.values());
  for (const difference of differences) {
    const seq = seqOf(difference);
    const { sealed, row } = difference;
    if (sealed === null) {
      if (!sealedSeqByRow.has(seq)) findings.add("inserted", `row ${seq} was put in`);
    } else if (row === null) {
      if (!movedAway.has(seq))
        findings.add("deleted", `row ${seq} of block ${sealed.block} is gone`);
    } else if (!sealedSeqByRow.has(seq)) {
      findings.add("edited", `row ${seq} of block ${sealed.block} was edited`);
    }
  }
}
