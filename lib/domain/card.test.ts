import { describe, expect, test } from "vitest";
import { cardBrand, containsCardNumber, luhnValid, maskCardNumbers } from "./card.ts";

test.each([
  ["4111111111111111", true],
  ["4242424242424242", true],
  ["4000000000000119", true],
  ["378282246310005", true],
  ["4111111111111112", false],
  ["411111111111111a", false],
  ["0", false],
  ["", false],
  ["41111111111111111111111", false],
])("luhn of %j is %s", (digits, valid) => {
  expect(luhnValid(digits)).toBe(valid);
});

test.each([
  ["4111111111111111", "visa"],
  ["5555555555554444", "mastercard"],
  ["2223003122003222", "mastercard"],
  ["378282246310005", "amex"],
  ["6011111111111117", "discover"],
  ["3056930009020004", "diners"],
  ["3566002020360505", "jcb"],
  ["6200000000000005", "unionpay"],
  ["9", "unknown"],
])("%s is %s", (digits, brand) => {
  expect(cardBrand(digits)).toBe(brand);
});

describe("card numbers are found in free text however they are spaced", () => {
  test.each([
    "4111111111111111",
    "my card is 4111 1111 1111 1111 thanks",
    "4111-1111-1111-1111",
    "x4242.4242.4242.4242y",
  ])("%j holds one", (text) => {
    expect(containsCardNumber(text)).toBe(true);
    expect(maskCardNumbers(text)).not.toMatch(/\d{5}|(\d{4}[ .-]){2}/);
  });

  test.each(["order 4111111111111112", "TXN-A1B2C3D4E5F6", "150.00", "1700000000000", ""])(
    "%j holds none",
    (text) => {
      expect(containsCardNumber(text)).toBe(false);
      expect(maskCardNumbers(text)).toBe(text);
    },
  );
});
