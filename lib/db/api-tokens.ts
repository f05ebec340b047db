import { db } from "./client.ts";

/** Starts a family with its first refresh token, known by the hash of its id alone. */
export async function createTokenFamily(family: {
  id: string;
  userId: number;
  currentHash: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
}): Promise<void> {
  await db().apiTokenFamily.create({ data: family });
}

/**
 * Puts the next refresh token in the place of the one that was presented. Of two that present the same
 * token, one wins: the row is compared and set in one statement. False where the presented one is not
 * the family's current one, or the family has ended.
 */
export async function rotateTokenFamily(rotation: {
  id: string;
  userId: number;
  presentedHash: Uint8Array<ArrayBuffer>;
  nextHash: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
}): Promise<boolean> {
  const { count } = await db().apiTokenFamily.updateMany({
    where: {
      id: rotation.id,
      userId: rotation.userId,
      currentHash: rotation.presentedHash,
      revokedAt: null,
      expiresAt: { gt: new Date() },
    },
    data: { currentHash: rotation.nextHash, expiresAt: rotation.expiresAt },
  });
  return count === 1;
}

/** Ends a family: none of its refresh or access tokens is taken from now on. */
export async function revokeTokenFamily(id: string, userId: number, reason: string): Promise<void> {
  await db().apiTokenFamily.updateMany({
    where: { id, userId, revokedAt: null },
    data: { revokedAt: new Date(), revokeReason: reason },
  });
}

/** Removes families that ended by age before `before`; returns how many. */
export async function deleteExpiredTokenFamilies(before: Date): Promise<number> {
  const { count } = await db().apiTokenFamily.deleteMany({ where: { expiresAt: { lt: before } } });
  return count;
}
