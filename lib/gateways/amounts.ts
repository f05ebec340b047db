// Amounts as gateways write them. Ours are minor units by ISO 4217; a gateway has decimals of its own.
import { currencyExponent, displayMoney } from "../domain/money.ts";
import type { Capabilities, GatewayCurrency } from "./gateway.ts";

type Currencies = Readonly<Record<string, GatewayCurrency>>;

/**
 * A table of currencies for an adapter's capabilities: each with its number of decimals at the gateway
 * and the least amount, in our minor units.
 */
export function currencyTable(
  rows: readonly { exponent: 0 | 2 | 3; codes: string; minimumMinor?: bigint }[],
  minimums: Readonly<Record<string, bigint>> = {},
): Currencies {
  return Object.fromEntries(
    rows.flatMap(({ exponent, codes, minimumMinor = 1n }) =>
      codes
        .split(" ")
        .map((code) => [code, { exponent, minimumMinor: minimums[code] ?? minimumMinor }]),
    ),
  );
}

/** Ours → the gateway's minor units. Null where the gateway has too few decimals for it. */
export function toGatewayMinor(
  amountMinor: bigint,
  currency: string,
  { exponent }: GatewayCurrency,
): bigint | null {
  const more = exponent - currencyExponent(currency);
  if (more >= 0) return amountMinor * 10n ** BigInt(more);
  const divisor = 10n ** BigInt(-more);
  return amountMinor % divisor === 0n ? amountMinor / divisor : null;
}

/** The gateway's minor units → ours. Null where ISO 4217 has too few decimals for it. */
export function fromGatewayMinor(
  gatewayMinor: bigint,
  currency: string,
  { exponent }: GatewayCurrency,
): bigint | null {
  const more = currencyExponent(currency) - exponent;
  if (more >= 0) return gatewayMinor * 10n ** BigInt(more);
  const divisor = 10n ** BigInt(-more);
  return gatewayMinor % divisor === 0n ? gatewayMinor / divisor : null;
}

/** Ours → a decimal string with the gateway's number of decimals, `15000n, "USD"` → `"150.00"`; null as above. */
export function toGatewayDecimal(
  amountMinor: bigint,
  currency: string,
  rule: GatewayCurrency,
): string | null {
  const minor = toGatewayMinor(amountMinor, currency, rule);
  if (minor === null) return null;
  const { exponent } = rule;
  const digits = minor.toString().padStart(exponent + 1, "0");
  if (exponent === 0) return digits;
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** A gateway's decimal, as text (`"150"`, `"150.5"`, `"150.00"`) → ours. Null where it is none, or too fine. */
export function fromGatewayDecimal(text: string, currency: string): bigint | null {
  const match = /^(\d{1,15})(?:\.(\d{1,8}))?$/.exec(text);
  if (!match) return null;
  const exponent = currencyExponent(currency);
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > exponent) return null;
  return BigInt((match[1] ?? "") + fraction.padEnd(exponent, "0"));
}

/** Why a gateway cannot take that amount, in a sentence for the shopper; null: it can. */
export function amountProblem(
  { currencies }: Pick<Capabilities, "currencies">,
  amountMinor: bigint,
  currency: string,
): string | null {
  if (currencies === null) return null;
  const rule = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined;
  if (!rule) return `This way to pay does not take ${currency}.`;
  if (amountMinor < rule.minimumMinor) {
    return `This way to pay takes no less than ${displayMoney(rule.minimumMinor, currency)}.`;
  }
  return toGatewayMinor(amountMinor, currency, rule) === null
    ? `This way to pay cannot take ${displayMoney(amountMinor, currency)} exactly.`
    : null;
}
