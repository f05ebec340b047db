import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currencyExponent, displayMoney, formatAmount, parseAmount } from "./money.ts";

describe("amounts are written with the currency's own decimals", () => {
  test.each([
    [15000n, "USD", "150.00"],
    [5n, "USD", "0.05"],
    [0n, "USD", "0.00"],
    [150n, "JPY", "150"],
    [1500n, "KWD", "1.500"],
    [1n, "KWD", "0.001"],
    [-250n, "USD", "-2.50"],
    [99999999999999n, "USD", "999999999999.99"],
  ])("%s minor units of %s are %s", (minor, currency, text) => {
    expect(formatAmount(minor, currency)).toBe(text);
  });
});

describe("only plain decimal strings are amounts", () => {
  test.each([
    ["150", "USD", 15000n],
    ["150.0", "USD", 15000n],
    ["150.00", "USD", 15000n],
    ["0.01", "USD", 1n],
    ["007.50", "USD", 750n],
    ["150", "JPY", 150n],
    ["1.234", "KWD", 1234n],
    ["999999999999.99", "USD", 99999999999999n],
  ])("%j %s is %s", (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  test.each([
    ["-1", "USD"],
    ["+1", "USD"],
    ["0", "USD"],
    ["0.00", "USD"],
    ["-0", "USD"],
    ["", "USD"],
    [" 150 ", "USD"],
    ["1,000.00", "USD"],
    ["1e308", "USD"],
    ["0x10", "USD"],
    ["NaN", "USD"],
    ["Infinity", "USD"],
    [".5", "USD"],
    ["5.", "USD"],
    ["１５０", "USD"],
    ["150.001", "USD"],
    ["100.50", "JPY"],
    ["1.2345", "KWD"],
    ["1000000000000", "USD"],
    ["1".repeat(5000), "USD"],
    ["150\n", "USD"],
    ["1 50", "USD"],
  ])("%j %s is refused, naming the field", (text, currency) => {
    expect(() => parseAmount(text, currency)).toThrowError(
      expect.objectContaining({ code: "invalid_request", fields: { amount: expect.any(Array) } }),
    );
  });
});

test("formatting and parsing are each other's inverse for every currency exponent", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 12n - 1n }),
      fc.constantFrom("USD", "JPY", "KWD", "EUR", "INR", "NGN", "CLP", "TND"),
      (minor, currency) => parseAmount(formatAmount(minor, currency), currency) === minor,
    ),
  );
});

test("what a person reads is exact and has the currency's decimals", () => {
  expect(displayMoney(15000n, "USD")).toBe("$150.00");
  expect(displayMoney(99999999999999n, "USD")).toBe("$999,999,999,999.99");
  expect(displayMoney(150n, "JPY")).toBe("¥150");
  expect(displayMoney(1500n, "KWD")).toMatch(/1\.500/);
});

test.each([
  ["USD", 2],
  ["JPY", 0],
  ["KWD", 3],
  ["UGX", 0],
  ["TND", 3],
  ["HUF", 2],
])("%s has %i decimals", (currency, exponent) => {
  expect(currencyExponent(currency)).toBe(exponent);
});
