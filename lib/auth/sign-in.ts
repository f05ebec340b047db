import { findAccountByEmail, type Account } from "../db/users.ts";
import { requireWithinLimit, takeLimit } from "../http/rate-limit.ts";
import { normaliseEmail } from "./email-address.ts";
import { verifyPassword } from "./passwords.ts";

/**
 * The account of an e-mail address and its password, or null: one answer, in about the same time, for an
 * unknown address, a wrong password and an account that is closed. Throws `rate_limited` where too many
 * tried that address, whether or not it has an account.
 */
export async function checkCredentials(email: string, password: string): Promise<Account | null> {
  const address = normaliseEmail(email);
  if (address !== null) requireWithinLimit(takeLimit("token", `email:${address}`));
  const account = address === null ? null : await findAccountByEmail(address);
  const matches = await verifyPassword(account?.passwordHash ?? null, password);
  return account !== null && account.isActive && matches ? account : null;
}
