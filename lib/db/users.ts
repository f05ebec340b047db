import type { Role } from "../domain/actor.ts";
import { recordAudit } from "./audit.ts";
import { db, inTransaction, isUniqueViolation, type Tx } from "./client.ts";

/** An account as sign-in sees it. `passwordHash` is null for a person who signs in elsewhere. */
export type Account = {
  id: number;
  email: string;
  passwordHash: string | null;
  role: Role;
  isActive: boolean;
  sessionVersion: number;
};

/** What decides whether a token or session still stands. */
export type Standing = {
  id: number;
  email: string;
  role: Role;
  isActive: boolean;
  sessionVersion: number;
  /** True where the token's family is revoked or not there; false where no family was asked for. */
  familyEnded: boolean;
};

const accountFields = {
  id: true,
  email: true,
  passwordHash: true,
  role: true,
  isActive: true,
  sessionVersion: true,
} as const;

/** The account of a normalised e-mail address, or null. */
export async function findAccountByEmail(email: string): Promise<Account | null> {
  return await db().user.findUnique({ where: { email }, select: accountFields });
}

/** Who an e-mail address belongs to, whatever the case it is written in; null where nobody does. */
export async function findUserByEmail(
  email: string,
  tx: Tx = db(),
): Promise<{ id: number; email: string } | null> {
  return await tx.user.findUnique({
    where: { email: email.trim().toLowerCase() },
    select: { id: true, email: true },
  });
}

/** The addresses of users by their ids; an id that is nobody's is left out. */
export async function findEmails(userIds: readonly number[]): Promise<Map<number, string>> {
  if (userIds.length === 0) return new Map();
  const users = await db().user.findMany({
    where: { id: { in: [...new Set(userIds)] } },
    select: { id: true, email: true },
  });
  return new Map(users.map(({ id, email }) => [id, email]));
}

export async function findAccount(userId: number): Promise<Account | null> {
  return await db().user.findUnique({ where: { id: userId }, select: accountFields });
}

/** One query: the user as of now and, where `familyId` is given, whether that token family still stands. */
export async function findStanding(
  userId: number,
  familyId: string | null,
): Promise<Standing | null> {
  const rows = await db().$queryRaw<Standing[]>`
    SELECT u.id, u.email, u.role::text AS role, u.is_active AS "isActive",
           u.session_version AS "sessionVersion",
           (${familyId}::uuid IS NOT NULL AND (f.id IS NULL OR f.revoked_at IS NOT NULL)) AS "familyEnded"
      FROM users u
      LEFT JOIN api_token_families f ON f.id = ${familyId}::uuid AND f.user_id = u.id
     WHERE u.id = ${userId}`;
  return rows[0] ?? null;
}

/** As `findStanding`, by normalised e-mail address; external tokens may name no id of ours. */
export async function findStandingByEmail(email: string): Promise<Standing | null> {
  const account = await findAccountByEmail(email);
  if (account === null) return null;
  const { passwordHash: _, ...standing } = account;
  return { ...standing, familyEnded: false };
}

/** Makes a customer. Returns null where the address is taken; the unique index decides. */
export async function createCustomer(
  email: string,
  passwordHash: string | null,
): Promise<Account | null> {
  try {
    return await inTransaction(async (tx) => {
      const data = { email, passwordHash, role: "customer" } as const;
      const account = await tx.user.create({ data, select: accountFields });
      await recordAccountEvent(tx, account, "created");
      return account;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

async function recordAccountEvent(
  tx: Tx,
  { id, email, role }: Pick<Account, "id" | "email" | "role">,
  action: "created" | "password_changed" | "signed_out",
): Promise<void> {
  const actor = { kind: "user", userId: id, email, role } as const;
  await recordAudit(tx, { entity: "user", entityId: String(id), action, actor });
}

/**
 * Replaces the password and ends every session and token of the user. False where the account changed
 * since `sessionVersion` was read: somebody else was first.
 */
export async function replacePassword(command: {
  userId: number;
  sessionVersion: number;
  passwordHash: string;
}): Promise<boolean> {
  const { userId, sessionVersion, passwordHash } = command;
  return await raiseSessionVersion({ userId, sessionVersion }, "password_changed", {
    passwordHash,
  });
}

/**
 * Ends every session and token of the user that was made under `sessionVersion`. An older version ends
 * nothing: a copy of an old cookie cannot throw the person out again and again.
 */
export async function endSessions(userId: number, sessionVersion: number): Promise<void> {
  await raiseSessionVersion({ userId, sessionVersion }, "signed_out", {});
}

async function raiseSessionVersion(
  { userId, sessionVersion }: { userId: number; sessionVersion: number },
  action: "password_changed" | "signed_out",
  data: { passwordHash?: string },
): Promise<boolean> {
  return await inTransaction(async (tx) => {
    const [account] = await tx.user.updateManyAndReturn({
      where: { id: userId, sessionVersion, isActive: true },
      data: { ...data, sessionVersion: { increment: 1 } },
      select: { id: true, email: true, role: true },
    });
    if (!account) return false;
    await recordAccountEvent(tx, account, action);
    return true;
  });
}
