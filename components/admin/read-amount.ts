import { isPaymentError } from "#lib/domain/errors";
import { displayMoney, parseAmount } from "#lib/domain/money";

/** An amount as typed, against what is left: what would stay, or what is wrong. */
export type ReadAmount =
  | { ok: true; amountMinor: bigint; amountWords: string; leftWords: string }
  | { ok: false; error: string };

/** `most` is a decimal string of the currency; `purpose` completes "Only $5.00 is left to …". */
export function readAmount(
  text: string,
  most: string,
  currency: string,
  purpose: "refund" | "capture",
): ReadAmount {
  const leftMinor = parseAmount(most, currency);
  try {
    const amountMinor = parseAmount(text.trim(), currency);
    if (amountMinor > leftMinor) {
      return {
        ok: false,
        error: `Only ${displayMoney(leftMinor, currency)} is left to ${purpose}.`,
      };
    }
    return {
      ok: true,
      amountMinor,
      amountWords: displayMoney(amountMinor, currency),
      leftWords: displayMoney(leftMinor - amountMinor, currency),
    };
  } catch (error) {
    const message = isPaymentError(error) ? error.fields?.["amount"]?.[0] : undefined;
    return { ok: false, error: message ?? "Enter an amount." };
  }
}
