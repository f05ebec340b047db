/** Amounts as PayPal writes them: strings, and no decimals for three currencies. */
import { formatAmount } from "#lib/domain/money";
import { fromGatewayDecimal } from "#lib/gateways/amounts";

export type Money = { currency_code: string; value: string };

type MoneyIssue =
  | "INVALID_CURRENCY_CODE"
  | "DECIMALS_NOT_SUPPORTED"
  | "DECIMAL_PRECISION"
  | "CANNOT_BE_ZERO_OR_NEGATIVE";

const supported = new Set(
  "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD".split(
    " ",
  ),
);
const withoutDecimals = new Set(["HUF", "JPY", "TWD"]);

/** What PayPal calls what is wrong with an amount, or null. */
export function moneyIssue({ currency_code: currency, value }: Money): MoneyIssue | null {
  if (!supported.has(currency)) return "INVALID_CURRENCY_CODE";
  const decimals = value.split(".")[1]?.length ?? 0;
  if (withoutDecimals.has(currency) && decimals > 0) return "DECIMALS_NOT_SUPPORTED";
  if (decimals > 2) return "DECIMAL_PRECISION";
  return value.startsWith("-") || !/[1-9]/.test(value) ? "CANNOT_BE_ZERO_OR_NEGATIVE" : null;
}

/** The shop's minor units. */
export function minorOf({ currency_code: currency, value }: Money): bigint {
  return fromGatewayDecimal(value, currency) ?? 0n;
}

/** The shop's minor units as PayPal writes them. */
export function moneyOf(minor: bigint, currency: string): Money {
  const text = formatAmount(minor, currency);
  const value = withoutDecimals.has(currency) ? (text.split(".")[0] ?? text) : text;
  return { currency_code: currency, value };
}

/** What PayPal keeps of a payment: 3.49 % and a fixed part, in whole units of its own. */
export function feeOf(amount: Money): Money {
  const { currency_code: currency, value } = amount;
  const isWhole = withoutDecimals.has(currency);
  const units = isWhole ? BigInt(value) : minorOf(amount);
  const fee = (units * 349n) / 10_000n + 49n;
  const kept = fee < units ? fee : units;
  return isWhole ? { currency_code: currency, value: String(kept) } : moneyOf(kept, currency);
}

/** The same amount and a little more: what a wrong or forged message says. */
export function otherMoney(amount: Money): Money {
  const whole = BigInt(amount.value.split(".")[0] ?? "0") + 1n;
  const decimals = amount.value.split(".")[1];
  return { ...amount, value: `${whole}${decimals === undefined ? "" : `.${decimals}`}` };
}
