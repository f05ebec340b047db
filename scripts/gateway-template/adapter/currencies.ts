import { currencyTable } from "#lib/gateways/amounts";

/**
 * Currencies that Template takes, with the number of decimals that it gives each and the least amount.
 * Source: the page of its documentation that lists them.
 */
export const currencies = currencyTable([
  { exponent: 2, codes: "USD EUR GBP", minimumMinor: 50n },
  { exponent: 0, codes: "JPY", minimumMinor: 50n },
]);
