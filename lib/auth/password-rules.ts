import { invalidField } from "../domain/errors.ts";

// NIST SP 800-63B: length is what counts; no rules about kinds of characters.
export const minPasswordLength = 10;
const maxPasswordLength = 128;

/** Throws `invalid_request` on a password that is too weak to be chosen. */
export function requireUsablePassword(password: string, email: string, field: string): void {
  const length = [...password].length;
  if (length < minPasswordLength)
    throw invalidField(field, `Use at least ${minPasswordLength} characters.`);
  if (length > maxPasswordLength)
    throw invalidField(field, `Use at most ${maxPasswordLength} characters.`);
  if (new Set(password).size < 4)
    throw invalidField(field, "Use more than three different characters.");
  if (password.toLowerCase() === email)
    throw invalidField(field, "Use something else than the e-mail address.");
}
