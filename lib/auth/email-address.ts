// RFC 5321: 64 characters before the at sign, 254 in all. ASCII only: a letter that merely looks like
// another would make a second account that people take for the first.
const maxLength = 254;
const localPattern = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const labelPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one spelling of an e-mail address, trimmed and in lower case, or null for what is not exactly one
 * ASCII address.
 */
export function normaliseEmail(text: string): string | null {
  if (text.length > maxLength + 16 || text.normalize("NFKC") !== text) return null;
  const email = text.trim().toLowerCase();
  const at = email.lastIndexOf("@");
  const local = email.slice(0, Math.max(0, at));
  const labels = email.slice(at + 1).split(".");
  const isAddress =
    email.length <= maxLength &&
    local.length <= 64 &&
    localPattern.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => labelPattern.test(label));
  return isAddress ? email : null;
}
