import { describe, expect, test } from "vitest";
import { readAmount } from "./read-amount.ts";

describe("an amount is read against what is left", () => {
  test.each([
    ["150.00", "150.00", "USD", "$0.00"],
    [" 10 ", "150.00", "USD", "$140.00"],
    ["0.01", "150.00", "USD", "$149.99"],
    ["1", "150", "JPY", "¥149"],
    ["0.001", "1.500", "KWD", "KWD 1.499"],
  ])("%j of %s %s leaves %s", (typed, left, currency, words) => {
    const read = readAmount(typed, left, currency, "refund");
    expect(read.ok && read.leftWords.replace("\u00a0", " ")).toBe(words);
  });

  test.each(["", "0", "-1", "150.01", "1e2", "1.005", "ten", "1,00"])(
    "%j is refused in words",
    (typed) => {
      const read = readAmount(typed, "150.00", "USD", "capture");
      expect(read.ok ? null : read.error).toMatch(/^[A-Z].*\.$/);
    },
  );
});
