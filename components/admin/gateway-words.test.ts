import { expect, test } from "vitest";
import { gatewayNames } from "#lib/domain/payment";
import { changeWords, gatewayFields, historyWords, readCodes } from "./gateway-words.ts";

test("every gateway says what to paste where", () => {
  for (const gateway of gatewayNames) {
    const { secretKey, webhookSecret } = gatewayFields(gateway);
    expect([secretKey.hint, webhookSecret.hint].every((hint) => hint.endsWith("."))).toBe(true);
  }
});

test("codes are read however a person separates them", () => {
  expect(readCodes(" usd, EUR;inr\nngn ")).toEqual(["USD", "EUR", "INR", "NGN"]);
  expect(readCodes("  ")).toEqual([]);
});

test("a change is told setting by setting, and an unknown event by its name", () => {
  expect(
    changeWords(
      { priority: 20, countries: [], is_active: false, label: "" },
      { priority: 10, countries: ["DE", "FR"], is_active: true, label: "Main" },
    ),
  ).toEqual([
    "priority: 20 → 10",
    "countries: any → DE, FR",
    "active: no → yes",
    "label: none → Main",
  ]);
  expect(changeWords(null, { gateway: "stripe" })).toEqual([]);
  expect(historyWords("constructor")).toBe("constructor");
  expect(historyWords("some_thing")).toBe("some thing");
});
