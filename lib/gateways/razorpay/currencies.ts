import { currencyTable } from "../amounts.ts";

/**
 * What Razorpay takes, each with its decimals there and the least amount in our minor units. Sources:
 * razorpay.com/docs/payments/international-payments (decimals), docs/api/orders/create (INR 1.00). Of
 * three decimals the last must be 0, so such an amount is only taken where it fits. International
 * currencies must be switched on for an account.
 */
export const currencies = currencyTable(
  [
    { exponent: 0, codes: "CLP JPY KRW PYG RWF UGX VND XAF XOF" },
    { exponent: 3, codes: "BHD JOD KWD OMR TND", minimumMinor: 10n },
    {
      exponent: 2,
      codes:
        "INR USD EUR GBP AED AUD BDT CAD CHF CNY CZK DKK EGP GHS HKD HUF IDR ILS KES LKR MUR MXN MYR NGN " +
        "NOK NPR NZD PHP PLN QAR RON SAR SEK SGD THB TRY TZS ZAR ZMW",
    },
  ],
  { INR: 100n },
);
