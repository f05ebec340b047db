export type CardBrand =
  "visa" | "mastercard" | "amex" | "discover" | "diners" | "jcb" | "unionpay" | "unknown";

/** True when the digits pass the Luhn check (ISO/IEC 7812-1 annex B). */
export function luhnValid(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

// Leading digits of the issuer ranges, most specific first.
const brandPatterns: readonly [CardBrand, RegExp][] = [
  ["amex", /^3[47]/],
  ["diners", /^3(?:0[0-5]|[689])/],
  ["jcb", /^35(?:2[89]|[3-8])/],
  ["visa", /^4/],
  ["mastercard", /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/],
  ["discover", /^6(?:011|5|4[4-9])/],
  ["unionpay", /^62/],
];

/** The brand that the leading digits name, for display only. */
export function cardBrand(digits: string): CardBrand {
  return brandPatterns.find(([, pattern]) => pattern.test(digits))?.[0] ?? "unknown";
}

// A run of 13 to 19 digits, each perhaps followed by one space, dash or dot, not inside a longer run.
const cardLikePattern = /(?<!\d)(?:\d[ .-]?){12,18}\d(?!\d)/g;

/** True when a text holds something that looks like, and checks as, a card number. */
export function containsCardNumber(text: string): boolean {
  return (text.match(cardLikePattern) ?? []).some((run) => luhnValid(run.replace(/\D/g, "")));
}

/** Replaces each card number in a text by its last four digits. */
export function maskCardNumbers(text: string): string {
  return text.replace(cardLikePattern, (run) => {
    const digits = run.replace(/\D/g, "");
    return luhnValid(digits) ? `[card ending ${digits.slice(-4)}]` : run;
  });
}
