/** What is verified, in the order in which it is told. */
const rules = {
  numbers: "blocks are numbered without a gap, and in the order of their rows",
  sealed: "each block is as it was sealed",
  chain: "each block names the hash of the block before",
  heads: "the blocks are those that the head file tells",
  deleted: "each sealed row is there",
  edited: "each sealed row is as it was sealed",
  moved: "no row stands under another's number",
  inserted: "no row was put among the sealed ones",
  tail: "each payment's, refund's and dispute's status is its last audit row's",
} as const;
export type AuditRule = keyof typeof rules;

export type AuditCheck = {
  id: AuditRule;
  rule: string;
  violations: number;
  /** The first few, each naming its row or block. */
  examples: string[];
};

const keptExamples = 5;

/** Counts what was found a rule, and keeps the words of the first few. */
export class AuditFindings {
  readonly #found = new Map<AuditRule, { violations: number; examples: string[] }>();

  add(rule: AuditRule, words: string): void {
    const found = this.#found.get(rule) ?? { violations: 0, examples: [] };
    found.violations += 1;
    if (found.examples.length < keptExamples) found.examples.push(words);
    this.#found.set(rule, found);
  }

  /** A line for each rule but the ones that could not be looked at. */
  checks(left: readonly AuditRule[]): AuditCheck[] {
    const ids = (Object.keys(rules) as AuditRule[]).filter((id) => !left.includes(id));
    return ids.map((id) => {
      const { violations = 0, examples = [] } = this.#found.get(id) ?? {};
      return { id, rule: rules[id], violations, examples };
    });
  }
}
