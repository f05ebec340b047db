import { describe, expect, test } from "vitest";
import { cardWords, declineWords } from "./words.ts";

describe("a decline says why, that nothing was charged, and what to do", () => {
  test.each([
    "card_declined",
    "insufficient_funds",
    "expired_card",
    "authentication_failed",
    "authentication_expired",
    "not_charged",
    "gateway_unreachable",
  ])("%s has words of its own", (code) => {
    expect(declineWords(code)).not.toEqual(declineWords(null));
    expect(declineWords(code).advice).toMatch(/^Nothing was charged\. ./);
  });

  test("a code that is not known is told plainly and never shown", () => {
    expect(declineWords("E_4711_internal")).toEqual(declineWords(null));
    expect(declineWords("constructor")).toEqual(declineWords(null));
  });
});

test.each([
  [{ card_brand: "visa", card_last4: "4242" }, "Visa ending 4242"],
  [{ card_brand: "unknown", card_last4: "0001" }, "Card ending 0001"],
  [{ payment_method: "dummy" }, null],
])("%j is %j", (metadata, words) => {
  expect(cardWords(metadata)).toBe(words);
});
