import { currencyTable } from "../amounts.ts";

/**
 * Currencies that Flutterwave v3 takes cards in. An account may have more or fewer: that is set in its
 * dashboard. Amounts are written in whole units with the currency's own decimals; UGX, RWF, XAF and XOF
 * have none. Source: developer.flutterwave.com/v3.0/docs/payment-methods.
 */
export const currencies = currencyTable([
  { exponent: 2, codes: "NGN GHS KES TZS ZAR ZMW MWK EGP USD EUR GBP", minimumMinor: 100n },
  { exponent: 0, codes: "UGX RWF XAF XOF" },
]);
