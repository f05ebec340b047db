import { currencyTable } from "../amounts.ts";

/**
 * Currencies that Stripe charges in, each with Stripe's own number of decimals, which is not always that
 * of ISO 4217: ISK and UGX are written with two that must be zeroes, MGA with none. Sources:
 * docs.stripe.com/currencies, and its minimum and maximum charge amounts. UGX wants a look there before
 * it is used in earnest.
 */
export const currencies = currencyTable(
  [
    {
      exponent: 2,
      codes:
        "USD EUR GBP AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BZD CAD " +
        "CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB FJD GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR " +
        "ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN " +
        "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD SAR SBD SCR SEK SGD SLE SOS " +
        "SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX UYU UZS WST XCD YER ZAR ZMW",
    },
    {
      exponent: 0,
      codes: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
    },
    { exponent: 3, codes: "BHD JOD KWD OMR TND", minimumMinor: 10n },
  ],
  {
    USD: 50n,
    AED: 200n,
    AUD: 50n,
    BRL: 50n,
    CAD: 50n,
    CHF: 50n,
    CZK: 1_500n,
    DKK: 250n,
    EUR: 50n,
    GBP: 30n,
    HKD: 400n,
    HUF: 17_500n,
    INR: 50n,
    JPY: 50n,
    MGA: 100n,
    MXN: 1_000n,
    MYR: 200n,
    NOK: 300n,
    NZD: 50n,
    PLN: 200n,
    RON: 200n,
    SEK: 300n,
    SGD: 50n,
    THB: 1_000n,
  },
);

/** The largest amount: eight digits in Stripe's units. */
export const largestMinor = 99_999_999n;

/** Three decimals are written, and the last of them must be a zero. */
export const lastDigitIsZero: ReadonlySet<string> = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);
