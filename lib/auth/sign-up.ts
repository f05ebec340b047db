import { invalidField, PaymentError } from "../domain/errors.ts";
import { createCustomer, type Account } from "../db/users.ts";
import { normaliseEmail } from "./email-address.ts";
import { requireUsablePassword } from "./password-rules.ts";
import { hashPassword } from "./passwords.ts";

/**
 * Makes a customer's account; staff are never made here. Throws `invalid_request` on an address or a
 * password that cannot be used and `email_taken`. The hash is made before the address is looked up, so
 * that both answers take as long.
 */
export async function signUp(command: { email: string; password: string }): Promise<Account> {
  const email = normaliseEmail(command.email);
  if (email === null) throw invalidField("email", "Enter one e-mail address, in plain ASCII.");
  requireUsablePassword(command.password, email, "password");
  const account = await createCustomer(email, await hashPassword(command.password));
  if (account) return account;
  const message = "This e-mail address is already in use.";
  throw new PaymentError("email_taken", `email: ${message}`, { fields: { email: [message] } });
}
