import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountProblem,
  currencyTable,
  fromGatewayDecimal,
  fromGatewayMinor,
  toGatewayDecimal,
  toGatewayMinor,
} from "./amounts.ts";

const table = currencyTable(
  [
    { exponent: 0, codes: "JPY HUF" },
    { exponent: 2, codes: "USD ISK UGX", minimumMinor: 50n },
    { exponent: 3, codes: "KWD" },
  ],
  { ISK: 1n, UGX: 1n },
);

test.each([
  ["USD", 15_000n, 15_000n, "150.00"],
  ["USD", 5n, 5n, "0.05"],
  ["JPY", 150n, 150n, "150"],
  ["KWD", 1_500n, 1_500n, "1.500"],
  // ISO gives the króna no decimals, this gateway two.
  ["ISK", 5n, 500n, "5.00"],
  // ISO gives the forint two, this gateway none.
  ["HUF", 12_300n, 123n, "123"],
])("%s %s is %s, or %s, at the gateway and back", (currency, ours, theirs, text) => {
  const rule = table[currency]!;
  expect(toGatewayMinor(ours, currency, rule)).toBe(theirs);
  expect(fromGatewayMinor(theirs, currency, rule)).toBe(ours);
  expect(toGatewayDecimal(ours, currency, rule)).toBe(text);
  expect(fromGatewayDecimal(text, currency)).toBe(ours);
});

test("what the other side has too few decimals for is no amount, and is never rounded", () => {
  expect(toGatewayMinor(12_345n, "HUF", table["HUF"]!)).toBeNull();
  expect(toGatewayDecimal(12_345n, "HUF", table["HUF"]!)).toBeNull();
  expect(fromGatewayMinor(501n, "ISK", table["ISK"]!)).toBeNull();
  expect(fromGatewayDecimal("5.01", "ISK")).toBeNull();
  expect(fromGatewayDecimal("1.2345", "KWD")).toBeNull();
});

test.each(["", "-1", "+1", "1e3", "1,000", " 1", "1.", ".5", "0x10", "NaN", "１"])(
  "%j is no decimal of a gateway",
  (text) => expect(fromGatewayDecimal(text, "USD")).toBeNull(),
);

test("there and back is the same for every amount of every currency of a table", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(table)),
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      (currency, amount) => {
        const rule = table[currency]!;
        const there = toGatewayMinor(amount, currency, rule);
        if (there !== null) expect(fromGatewayMinor(there, currency, rule)).toBe(amount);
        const text = toGatewayDecimal(amount, currency, rule);
        if (text !== null) expect(fromGatewayDecimal(text, currency)).toBe(amount);
      },
    ),
  );
});

describe("an amount is refused in a sentence before a call", () => {
  test.each([
    ["EUR", 1_000n, /does not take EUR/],
    ["toString", 1_000n, /does not take/],
    ["USD", 49n, /no less than \$0\.50/],
    ["HUF", 12_345n, /cannot take .* exactly/],
  ])("%s %s", (currency, amount, words) => {
    expect(amountProblem({ currencies: table }, amount, currency)).toMatch(words);
  });

  test("and taken where it fits, or where the gateway takes whatever ISO 4217 has", () => {
    expect(amountProblem({ currencies: table }, 50n, "USD")).toBeNull();
    expect(amountProblem({ currencies: null }, 1n, "EUR")).toBeNull();
  });
});
