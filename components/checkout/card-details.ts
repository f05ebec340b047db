import { cardBrand, luhnValid, type CardBrand } from "#lib/domain/card";

/** What a shopper has typed. Lives in the page's memory only: never stored, never in an address. */
export type CardDetails = { number: string; expiry: string; cvv: string };
export type CardErrors = Partial<Record<keyof CardDetails, string>>;

export const emptyCard: CardDetails = { number: "", expiry: "", cvv: "" };

// ISO/IEC 7812: at most nineteen digits.
const maxDigits = 19;
const amexGroups = [4, 6, 5];
const usualGroups = [4, 4, 4, 4, 3];

export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

function cvvLength(brand: CardBrand): 3 | 4 {
  return brand === "amex" ? 4 : 3;
}

/** Digits in the groups that are printed on the card: "4242 4242 4242 4242". */
export function formatCardNumber(text: string): string {
  const digits = digitsOf(text).slice(0, maxDigits);
  const groups = cardBrand(digits) === "amex" ? amexGroups : usualGroups;
  const parts: string[] = [];
  let start = 0;
  for (const size of groups) {
    if (start < digits.length) parts.push(digits.slice(start, start + size));
    start += size;
  }
  return parts.join(" ");
}

/** Where the caret belongs in a formatted text, so that it stays behind the same digit. */
export function caretBehindDigit(formatted: string, digitCount: number): number {
  let seen = 0;
  for (let index = 0; index < formatted.length; index += 1) {
    if (seen === digitCount) return index;
    if (/\d/.test(formatted.charAt(index))) seen += 1;
  }
  return formatted.length;
}

/** "1227", "12/27" and "12/2027" become "12 / 27"; "3" becomes "03 / ". */
export function formatExpiry(text: string, previous: string): string {
  const [typedMonth = "", ...rest] = text.split("/");
  let digits = digitsOf(text);
  if (rest.length > 0 && digitsOf(typedMonth).length === 1) digits = `0${digits}`;
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  const month = digits.slice(0, 2);
  const year = digits.slice(2, 6);
  const shortYear =
    year.length === 4 && year.startsWith("20")
      ? year.slice(2)
      : year.startsWith("20")
        ? year
        : year.slice(0, 2);
  const deleting = text.length < previous.length;
  if (month.length < 2 || (deleting && shortYear === "" && !text.includes("/"))) return month;
  return deleting && shortYear === "" ? month : `${month} / ${shortYear}`;
}

/** Month and year in the API's form, or null where the text is no date. */
export function readExpiry(text: string): { month: string; year: string } | null {
  const match = /^(\d{2}) ?\/ ?(?:20)?(\d{2})$/.exec(text.trim());
  const [, month, year] = match ?? [];
  if (month === undefined || year === undefined) return null;
  return Number(month) >= 1 && Number(month) <= 12 ? { month, year: `20${year}` } : null;
}

function numberError(number: string): string | undefined {
  const digits = digitsOf(number);
  if (digits === "") return "Enter the number on the front of your card.";
  if (digits.length < 12) return "This card number is too short.";
  return luhnValid(digits) ? undefined : "This card number is not right. Check each digit.";
}

function expiryError(text: string, now: Date): string | undefined {
  if (text.trim() === "") return "Enter the expiry date.";
  const expiry = readExpiry(text);
  if (expiry === null) return "Enter month and year, such as 08 / 29.";
  // A card is good until its month has ended everywhere on earth.
  const end = Date.UTC(Number(expiry.year), Number(expiry.month), 1, 12);
  return end <= now.getTime() ? "This card has expired. Use another one." : undefined;
}

function cvvError(cvv: string, brand: CardBrand): string | undefined {
  const wanted = cvvLength(brand);
  if (cvv === "") return "Enter the security code.";
  return cvv.length === wanted ? undefined : `The code of this card has ${wanted} digits.`;
}

/** What is wrong with the details; empty when they can be sent. */
export function cardErrors(card: CardDetails, now: Date): CardErrors {
  const number = numberError(card.number);
  const expiry = expiryError(card.expiry, now);
  const cvv = cvvError(card.cvv, cardBrand(digitsOf(card.number)));
  return {
    ...(number === undefined ? {} : { number }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(cvv === undefined ? {} : { cvv }),
  };
}

/** The details as the payment API takes them. */
export function paymentData(card: CardDetails): Record<string, string> {
  const expiry = readExpiry(card.expiry);
  return {
    card_number: digitsOf(card.number),
    expiry_month: expiry?.month ?? "",
    expiry_year: expiry?.year ?? "",
    cvv: card.cvv,
  };
}
