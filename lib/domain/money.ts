import { invalidField, invariant } from "./errors.ts";

// ISO 4217 minor units. Currencies not listed here have two decimals.
const zeroDecimal = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "),
);
const threeDecimal = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

// ISO 4217 active codes that a shop can price in (no funds, metals or test codes).
const currencies = new Set(
  (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD " +
    "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP " +
    "GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD " +
    "KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN " +
    "NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP " +
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND " +
    "VUV WST XAF XCD XOF XPF YER ZAR ZMW"
  ).split(" "),
);

/** The largest amount that is accepted: twelve digits before the decimal point. */
const maxMajorDigits = 12;

export function isCurrency(text: string): boolean {
  return currencies.has(text);
}

/** Number of decimals of a currency: 0, 2 or 3 (ISO 4217). */
export function currencyExponent(currency: string): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/** `15000n, "USD"` → `"150.00"`; always the currency's own number of decimals. */
export function formatAmount(amountMinor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const negative = amountMinor < 0n;
  const digits = (negative ? -amountMinor : amountMinor).toString().padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return `${negative ? "-" : ""}${whole}${exponent > 0 ? `.${fraction}` : ""}`;
}

/**
 * `"150"` or `"150.00"`, `"USD"` → `15000n`. Plain ASCII digits only: no sign, space, exponent or
 * separator. Throws `invalid_request` on anything else, on more decimals than the currency has, and
 * on zero.
 */
export function parseAmount(text: string, currency: string, field = "amount"): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const whole = match?.[1];
  if (whole === undefined || whole.length > maxMajorDigits) {
    throw invalidField(field, 'Enter an amount as a decimal string, such as "150.00".');
  }
  const exponent = currencyExponent(currency);
  const fraction = match?.[2] ?? "";
  if (fraction.length > exponent) {
    throw invalidField(
      field,
      exponent === 0
        ? `${currency} has no decimals.`
        : `${currency} has at most ${exponent} decimals.`,
    );
  }
  const amountMinor = BigInt(whole + fraction.padEnd(exponent, "0"));
  if (amountMinor === 0n) throw invalidField(field, "The amount must be more than zero.");
  return amountMinor;
}

/** The sum of unit price times quantity, in minor units. */
export function sumLines(lines: readonly { unitAmountMinor: bigint; quantity: number }[]): bigint {
  return lines.reduce((sum, line) => sum + line.unitAmountMinor * BigInt(line.quantity), 0n);
}

/** True where an order total is more than the largest amount that can be written. */
export function exceedsLargestAmount(amountMinor: bigint, currency: string): boolean {
  return amountMinor >= 10n ** BigInt(maxMajorDigits + currencyExponent(currency));
}

/** For people: `15000n, "USD"` → `"$150.00"`. Exact: the decimal string goes to Intl, not a float. */
export function displayMoney(amountMinor: bigint, currency: string, locale = "en-US"): string {
  invariant(isCurrency(currency), `unknown currency ${currency}`);
  const exponent = currencyExponent(currency);
  const formatter = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return formatter.format(formatAmount(amountMinor, currency) as Intl.StringNumericLiteral);
}
