/** What a run prints: a line for each thing that was tried, and how many held. */
import { describeFailure } from "../terminal.ts";
import { Violation } from "./claims.ts";

export type Counts = { passed: number; failed: number };

export class Report {
  readonly #total: Counts;
  readonly #prefix: string;
  readonly #startedAt = performance.now();
  readonly counts: Counts = { passed: 0, failed: 0 };

  /** `prefix` stands before each line, where several seeds run side by side. */
  constructor(total: Counts, prefix = "") {
    this.#total = total;
    this.#prefix = prefix;
  }

  say(text: string): void {
    console.log(text.replace(/^/gm, this.#prefix));
  }

  /** Runs one thing and says whether it held; what it returns is said beside it. */
  async run(name: string, rows: string, work: () => Promise<string | undefined>): Promise<void> {
    const startedAt = performance.now();
    const tell = (mark: string, detail = ""): void => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
      this.say(`${mark} ${seconds} s  ${name} [${rows}]${detail === "" ? "" : `: ${detail}`}`);
    };
    try {
      tell("ok  ", await work());
      this.counts.passed += 1;
      this.#total.passed += 1;
    } catch (error) {
      tell("FAIL", error instanceof Violation ? error.message : describeFailure(error));
      this.counts.failed += 1;
      this.#total.failed += 1;
    }
  }

  sum(seed: number): void {
    const seconds = ((performance.now() - this.#startedAt) / 1_000).toFixed(0);
    const { passed, failed } = this.counts;
    this.say(`seed ${seed}: ${passed} passed, ${failed} failed in ${seconds} s`);
  }
}
