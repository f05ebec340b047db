import { createHash, randomUUID } from "node:crypto";
import { createTokenFamily, revokeTokenFamily, rotateTokenFamily } from "../db/api-tokens.ts";
import { findStanding, type Account } from "../db/users.ts";
import { PaymentError } from "../domain/errors.ts";
import { log } from "../observability/log.ts";
import {
  refreshLifetimeSeconds,
  signAccessToken,
  signRefreshToken,
  verifyRefreshToken,
  type RefreshClaims,
} from "./access-tokens.ts";

export type TokenPair = { access: string; refresh: string };

function idHash(tokenId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(tokenId).digest());
}

function expiry(): Date {
  return new Date(Date.now() + refreshLifetimeSeconds * 1_000);
}

function refused(): PaymentError {
  return new PaymentError("unauthenticated", "The refresh token is not valid.");
}

/** Starts a family of tokens for somebody whose credentials were just checked. */
export async function issueTokens(
  account: Pick<Account, "id" | "role" | "sessionVersion">,
): Promise<TokenPair> {
  const familyId = randomUUID();
  const tokenId = randomUUID();
  await createTokenFamily({
    id: familyId,
    userId: account.id,
    currentHash: idHash(tokenId),
    expiresAt: expiry(),
  });
  const claims = { userId: account.id, sessionVersion: account.sessionVersion, familyId };
  return {
    access: await signAccessToken({ ...claims, role: account.role }),
    refresh: await signRefreshToken({ ...claims, tokenId }),
  };
}

/** The user of a refresh token, where it, its family and the user still stand. */
async function standingOf(claims: RefreshClaims) {
  const standing = await findStanding(claims.userId, claims.familyId);
  const stands =
    standing !== null &&
    standing.isActive &&
    !standing.familyEnded &&
    standing.sessionVersion === claims.sessionVersion;
  return stands ? standing : null;
}

/**
 * A refresh token → the next pair. The presented one is used up; presenting it again ends the family, as
 * then two hold it and one of them is not its owner. Throws `unauthenticated`.
 */
export async function refreshTokens(refresh: string): Promise<TokenPair> {
  const claims = await verifyRefreshToken(refresh);
  if (claims === null) throw refused();
  const standing = await standingOf(claims);
  if (standing === null) throw refused();
  const next = { ...claims, tokenId: randomUUID() };
  const rotated = await rotateTokenFamily({
    id: claims.familyId,
    userId: claims.userId,
    presentedHash: idHash(claims.tokenId),
    nextHash: idHash(next.tokenId),
    expiresAt: expiry(),
  });
  if (!rotated) {
    await revokeTokenFamily(claims.familyId, claims.userId, "reuse");
    log.warn("a used refresh token was presented; its family has ended", { userId: claims.userId });
    throw refused();
  }
  return {
    access: await signAccessToken({ ...claims, role: standing.role }),
    refresh: await signRefreshToken(next),
  };
}

/** Ends the family of a refresh token, used up or not. Says nothing about a token that is not ours. */
export async function revokeTokens(refresh: string): Promise<void> {
  const claims = await verifyRefreshToken(refresh);
  if (claims !== null) await revokeTokenFamily(claims.familyId, claims.userId, "revoked");
}
