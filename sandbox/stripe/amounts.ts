/** Stripe's amounts: whole numbers in units of its own, for some currencies not those of ISO 4217. */
import { isCurrency } from "#lib/domain/money";
import { fromGatewayDecimal, fromGatewayMinor, toGatewayMinor } from "#lib/gateways/amounts";
import type { GatewayCurrency } from "#lib/gateways/gateway";
import { invalid } from "./answers.ts";

const wholeUnits = new Set(
  "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "),
);
const thousandths = new Set("bhd jod kwd omr tnd".split(" "));
/** Without decimals, yet sent as if they had two, which must be zeroes. */
const hundredthsOfNone = new Set(["isk", "ugx"]);
const most = 99_999_999;

/** docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in Stripe's units. */
const least: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

function exponentOf(currency: string): 0 | 2 | 3 {
  if (wholeUnits.has(currency)) return 0;
  return thousandths.has(currency) ? 3 : 2;
}

const rule = (currency: string): GatewayCurrency => ({
  exponent: exponentOf(currency),
  minimumMinor: 1n,
});

/** Stripe's units → the shop's minor units. */
export function toShopMinor(amount: number, currency: string): bigint {
  return fromGatewayMinor(BigInt(amount), currency.toUpperCase(), rule(currency)) ?? 0n;
}

/** A decimal of a control call, `"10.00"` → Stripe's units; null: it is none. */
export function fromDecimal(text: string, currency: string): number | null {
  const minor = fromGatewayDecimal(text, currency.toUpperCase());
  const amount =
    minor === null ? null : toGatewayMinor(minor, currency.toUpperCase(), rule(currency));
  return amount === null ? null : Number(amount);
}

/** `usd`, or a refusal. */
export function checkCurrency(currency: string): string {
  const lower = currency.toLowerCase();
  if (/^[a-z]{3}$/.test(lower) && isCurrency(lower.toUpperCase())) return lower;
  throw invalid(`Invalid currency: ${currency}.`, { param: "currency" });
}

/** Refuses an amount that Stripe does not take. */
export function checkAmount(amount: number | null, currency: string, param = "amount"): number {
  if (amount === null) {
    throw invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  if (amount < 1) {
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param,
    });
  }
  if (amount > most) {
    throw invalid("Amount must be no more than 8 digits.", { code: "amount_too_large", param });
  }
  if (amount < (least[currency] ?? 1)) {
    throw invalid("Amount must convert to at least 50 cents.", { code: "amount_too_small", param });
  }
  const step = thousandths.has(currency) ? 10 : hundredthsOfNone.has(currency) ? 100 : 1;
  if (amount % step !== 0) {
    throw invalid(`Invalid amount: in ${currency} it must be a multiple of ${step}.`, { param });
  }
  return amount;
}
