import { describe, expect, test } from "vitest";
import {
  caretBehindDigit,
  cardErrors,
  formatCardNumber,
  formatExpiry,
  paymentData,
  readExpiry,
} from "./card-details.ts";

const now = new Date("2026-11-24T00:00:00Z");
const good = { number: "4242 4242 4242 4242", expiry: "12 / 27", cvv: "123" };

describe("a card number is grouped as on the card", () => {
  test.each([
    ["", ""],
    ["4242", "4242"],
    ["42424", "4242 4"],
    ["4242-4242 4242.4242", "4242 4242 4242 4242"],
    ["378282246310005", "3782 822463 10005"],
    ["4".repeat(25), "4444 4444 4444 4444 444"],
    ["card 42", "42"],
  ])("%j becomes %j", (typed, shown) => {
    expect(formatCardNumber(typed)).toBe(shown);
  });

  test("the caret stays behind the digit it was behind", () => {
    expect(caretBehindDigit("4242 4242", 4)).toBe(4);
    expect(caretBehindDigit("4242 4242", 5)).toBe(6);
    expect(caretBehindDigit("4242", 9)).toBe(4);
  });
});

describe("an expiry date is read however it is typed", () => {
  test.each([
    ["1", "", "1"],
    ["12", "1", "12 / "],
    ["3", "", "03 / "],
    ["1/31", "", "01 / 31"],
    ["1227", "", "12 / 27"],
    ["12/2027", "", "12 / 27"],
    ["12 /", "12 / ", "12"],
  ])("%j after %j becomes %j", (typed, before, shown) => {
    expect(formatExpiry(typed, before)).toBe(shown);
  });

  test.each([
    ["12 / 27", { month: "12", year: "2027" }],
    ["00 / 27", null],
    ["13 / 27", null],
    ["12 / 2", null],
  ])("%j is %j", (text, read) => {
    expect(readExpiry(text)).toEqual(read);
  });
});

describe("what would be refused is said before anything is sent", () => {
  test("good details have no errors, and go out in the API's form", () => {
    expect(cardErrors(good, now)).toEqual({});
    expect(paymentData(good)).toEqual({
      card_number: "4242424242424242",
      expiry_month: "12",
      expiry_year: "2027",
      cvv: "123",
    });
  });

  test.each([
    [{ number: "" }, "number"],
    [{ number: "4242 4242 4242 4241" }, "number"],
    [{ number: "4242" }, "number"],
    [{ expiry: "" }, "expiry"],
    [{ expiry: "10 / 26" }, "expiry"],
    [{ cvv: "12" }, "cvv"],
    [{ number: "3782 822463 10005", cvv: "123" }, "cvv"],
  ])("%j is wrong in %s alone", (change, field) => {
    expect(Object.keys(cardErrors({ ...good, ...change }, now))).toEqual([field]);
  });

  test("a card is good to the end of its month", () => {
    expect(cardErrors({ ...good, expiry: "11 / 26" }, new Date("2026-11-30T23:59:59Z"))).toEqual(
      {},
    );
  });
});
