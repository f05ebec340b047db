import { invalidField, PaymentError } from "../domain/errors.ts";
import type { Viewer } from "../domain/actor.ts";
import { findAccount, replacePassword } from "../db/users.ts";
import { requireUsablePassword } from "./password-rules.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";

/**
 * Replaces the viewer's password and ends every session and API token of theirs, this one too. Throws
 * `invalid_request` where the current password is wrong or the new one cannot be used.
 */
export async function changePassword(
  viewer: Viewer,
  command: { currentPassword: string; newPassword: string },
): Promise<void> {
  requireUsablePassword(command.newPassword, viewer.email, "new_password");
  const account = await findAccount(viewer.userId);
  const matches = await verifyPassword(account?.passwordHash ?? null, command.currentPassword);
  if (account === null || !matches)
    throw invalidField("current_password", "This is not your current password.");
  const replaced = await replacePassword({
    userId: account.id,
    sessionVersion: account.sessionVersion,
    passwordHash: await hashPassword(command.newPassword),
  });
  if (!replaced)
    throw new PaymentError("conflict", "The account was changed meanwhile. Sign in again.");
}
