import { lookUp } from "../transactions/look-up.ts";
import {
  disputeReasonWords,
  refundStatusWords,
  transactionStatusWords,
  wordsOfCode,
} from "../transactions/words.ts";
import { evidenceMoney, type Evidence } from "./case-words.ts";

/** One line of a case's evidence. `theirs` null: not something that two sides say. */
export type EvidenceRow = { name: string; ours: string; theirs: string | null; differs: boolean };

// Told in the sentence above the evidence, or only how to read the rest.
const untold = new Set(["about", "what", "rule", "currency", "told_currency", "configuration_id"]);
const none = "–";

function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return none;
  if (typeof value === "string") return timeWords(value) ?? value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map(valueWords).join(", ");
  return JSON.stringify(value);
}

function timeWords(text: string): string | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)
    ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`
    : null;
}

const amountNames = /(^|_)(amount|captured|refunded|held|asked|told)$/;

// A gateway's list says this of a charge, and of a refund what we say too.
const thereStatusWords: Readonly<Record<string, string>> = {
  succeeded: "Done",
  authorized: "Held",
  other: "No money moved",
  pending: "Not done yet",
  failed: "Failed",
};

function statusWords(evidence: Evidence, side: "here" | "there", status: string): string {
  if (side === "there") return lookUp(thereStatusWords, status) ?? wordsOfCode(status);
  const table: Readonly<Record<string, { label: string }>> =
    evidence["about"] === "refund" ? refundStatusWords : transactionStatusWords;
  return lookUp(table, status)?.label ?? wordsOfCode(status);
}

function sideWords(evidence: Evidence, side: "here" | "there", name: string): string {
  const value = evidence[`${side}_${name}`];
  if (name === "status" && typeof value === "string") return statusWords(evidence, side, value);
  const currency = evidence[`${side}_currency`];
  return typeof value === "string" && typeof currency === "string" && amountNames.test(name)
    ? evidenceMoney(value, currency)
    : valueWords(value);
}

/** What both sides say of the same thing, `here_status` beside `there_status`. */
function pairedRows(evidence: Evidence): EvidenceRow[] {
  const names = new Set(
    Object.keys(evidence).flatMap((key) => /^(?:here|there)_(.+)$/.exec(key)?.[1] ?? []),
  );
  names.delete("currency");
  return [...names].map((name) => ({
    name: wordsOfCode(name),
    ours: sideWords(evidence, "here", name),
    theirs: sideWords(evidence, "there", name),
    // Each side has words of its own for how it stands: those are never the same.
    differs:
      name !== "status" &&
      evidence[`there_${name}`] !== undefined &&
      evidence[`here_${name}`] !== evidence[`there_${name}`],
  }));
}

function toldRow(evidence: Evidence): EvidenceRow[] {
  const { told, asked, currency, told_currency: toldCurrency } = evidence;
  if (typeof told !== "string") return [];
  const money = (amount: unknown, of: unknown) =>
    typeof amount === "string" && typeof of === "string"
      ? evidenceMoney(amount, of)
      : valueWords(amount);
  return [
    {
      name: "Amount",
      ours: money(asked, currency),
      theirs: money(told, toldCurrency ?? currency),
      differs: true,
    },
  ];
}

/** Codes that only a program would read. */
function codeWords(key: string, value: unknown): string {
  if (typeof value !== "string") return valueWords(value);
  if (key === "reason") return /^[a-z_]+$/.test(value) ? disputeReasonWords(value) : value;
  if (key === "operation_kind") return wordsOfCode(value);
  return valueWords(value);
}

function singleRows(evidence: Evidence): EvidenceRow[] {
  const isCompared = typeof evidence["told"] === "string";
  return Object.entries(evidence).flatMap(([key, value]) => {
    if (untold.has(key) || /^(?:here|there)_/.test(key)) return [];
    if (isCompared && (key === "told" || key === "asked")) return [];
    const currency = evidence["currency"];
    const words =
      amountNames.test(key) && typeof value === "string" && typeof currency === "string"
        ? evidenceMoney(value, currency)
        : codeWords(key, value);
    return words === none
      ? []
      : [{ name: wordsOfCode(key), ours: words, theirs: null, differs: false }];
  });
}

/** The evidence as lines of a small table: first what both sides say, then the rest. */
export function evidenceRows(evidence: Evidence): EvidenceRow[] {
  return [...pairedRows(evidence), ...toldRow(evidence), ...singleRows(evidence)];
}
