import type { Step } from "./documents.ts";

/** What one of Flutterwave's test cards does. */
export type TestCard = {
  number: string;
  expiry: string;
  cvv: string;
  type: string;
  what: string;
  step: Step | null;
  /** What the issuer says in the end; empty: yes. */
  refusal: string;
};

export const testPin = "3310";
export const testOtp = "12345";

const card = (
  number: string,
  expiry: string,
  cvv: string,
  [type, what, step, refusal = ""]: [string, string, Step | null, string?],
): TestCard => ({ number, expiry, cvv, type, what, step, refusal });

/**
 * Sources: developer.flutterwave.com/docs/integration-guides/testing-helpers; the cards that fail come
 * from other integrations' pages.
 */
export const testCards: readonly TestCard[] = [
  card("5531886652142950", "09/32", "564", ["MASTERCARD", "PIN and code, succeeds", "pin"]),
  card("4187427415564246", "09/32", "828", ["VISA", "3-D Secure, succeeds", "3ds"]),
  card("5438898014560229", "10/31", "564", ["MASTERCARD", "3-D Secure, succeeds", "3ds"]),
  card("5061460410120223210", "10/31", "780", ["VERVE", "PIN and code, succeeds", "pin"]),
  card("4556052704172643", "09/32", "899", ["VISA", "billing address, succeeds", "avs"]),
  card("5377283645077450", "09/31", "789", ["MASTERCARD", "succeeds at once", null]),
  card("5258585922666506", "09/31", "883", [
    "MASTERCARD",
    "insufficient funds",
    "pin",
    "Insufficient Funds",
  ]),
  card("5143010522339965", "08/31", "276", ["MASTERCARD", "declined", "pin", "Do Not Honour"]),
  card("5399834697894723", "09/31", "883", ["MASTERCARD", "wrong PIN", "pin", "Incorrect PIN"]),
  card("5590131743294314", "11/32", "887", [
    "MASTERCARD",
    "suspected fraud",
    "pin",
    "Suspected Fraud",
  ]),
];

export function findTestCard(number: string): TestCard | null {
  const digits = number.replace(/[ -]/g, "");
  return testCards.find((known) => known.number === digits) ?? null;
}

/** Currencies that are paid by a bank transfer, and those of mobile money. */
export const transferCurrencies: ReadonlySet<string> = new Set(["NGN", "EUR", "GBP", "ZAR"]);
export const mobileCurrencies: ReadonlySet<string> = new Set(
  "GHS KES UGX RWF TZS ZMW XAF XOF".split(" "),
);
