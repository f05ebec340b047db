import { currencyTable } from "../amounts.ts";

/**
 * Currencies that PayPal takes, with its own number of decimals: HUF and TWD have none there, whatever
 * ISO 4217 says. BRL, CNY and MYR are for accounts of their country only. Source:
 * developer.paypal.com/api/rest/reference/currency-codes.
 */
export const currencies = currencyTable(
  [
    {
      exponent: 2,
      codes: "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD",
    },
    { exponent: 0, codes: "HUF JPY TWD" },
  ],
  { HUF: 100n, TWD: 100n },
);
