import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { createSecretKey, randomUUID, type KeyObject } from "node:crypto";
import { z } from "zod";
import { roles, type Role } from "../domain/actor.ts";
import { getEnv } from "../env.ts";
import { processGlobal } from "../process-global.ts";

const accessLifetimeSeconds = 15 * 60;
export const refreshLifetimeSeconds = 7 * 24 * 60 * 60;

// Two machines' clocks may differ by that much (and no more, see PCI DSS on time synchronisation).
const clockToleranceSeconds = 30;

const userId = z.int().positive().max(2_147_483_647);
const times = { iat: z.int(), exp: z.int() };

const accessClaims = z.object({
  ...times,
  user_id: userId,
  token_type: z.literal("access"),
  role: z.enum(roles),
  /** The session version it was made under. A token that names none is of the first. */
  sv: z.int().nonnegative().default(0),
  /** The family of refresh tokens that it ends with. */
  fam: z.uuid().optional(),
});

const refreshClaims = z.object({
  ...times,
  user_id: userId,
  token_type: z.literal("refresh"),
  jti: z.uuid(),
  sv: z.int().nonnegative(),
  fam: z.uuid(),
});

export type AccessClaims = {
  userId: number;
  role: Role;
  sessionVersion: number;
  familyId: string | null;
};
export type RefreshClaims = {
  userId: number;
  sessionVersion: number;
  familyId: string;
  tokenId: string;
};

function key(): KeyObject {
  return processGlobal("jwt-key", () => createSecretKey(Buffer.from(getEnv().JWT_SECRET, "utf8")));
}

/** Signs our own token; `claims` are beside iss, aud, iat, exp and jti. */
async function sign(
  claims: Record<string, unknown>,
  lifetimeSeconds: number,
  tokenId: string,
): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1_000);
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(getEnv().JWT_ISSUER)
    .setAudience(getEnv().JWT_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .setJti(tokenId)
    .sign(key());
}

export async function signAccessToken(claims: {
  userId: number;
  role: Role;
  sessionVersion: number;
  familyId: string;
}): Promise<string> {
  const { userId: user_id, role, sessionVersion: sv, familyId: fam } = claims;
  return await sign(
    { user_id, token_type: "access", role, sv, fam },
    accessLifetimeSeconds,
    randomUUID(),
  );
}

export async function signRefreshToken(claims: RefreshClaims): Promise<string> {
  const { userId: user_id, sessionVersion: sv, familyId: fam, tokenId } = claims;
  return await sign({ user_id, token_type: "refresh", sv, fam }, refreshLifetimeSeconds, tokenId);
}

/** A header that says nothing but how we sign: no key of the sender's, no extension we would have to honour. */
function hasOurHeader(token: string): boolean {
  const { alg, typ, ...rest } = decodeProtectedHeader(token);
  return (
    alg === "HS256" &&
    (typ === undefined || typ.toUpperCase() === "JWT") &&
    Object.keys(rest).length === 0
  );
}

async function verified<C extends { iat: number; exp: number }>(
  token: string,
  schema: z.ZodType<C>,
  lifetimeSeconds: number,
): Promise<C | null> {
  try {
    if (!hasOurHeader(token)) return null;
    const { payload } = await jwtVerify(token, key(), {
      algorithms: ["HS256"],
      issuer: getEnv().JWT_ISSUER,
      audience: getEnv().JWT_AUDIENCE,
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: lifetimeSeconds,
      requiredClaims: ["exp", "iat"],
    });
    const claims = schema.parse(payload);
    return claims.exp - claims.iat <= lifetimeSeconds ? claims : null;
  } catch {
    // Why a token is not ours is of use only to the one who forged it.
    return null;
  }
}

/** Signature, issuer, audience, times and kind of an access token; null where any is wrong. */
export async function verifyAccessToken(token: string): Promise<AccessClaims | null> {
  const claims = await verified(token, accessClaims, accessLifetimeSeconds);
  if (claims === null) return null;
  return {
    userId: claims.user_id,
    role: claims.role,
    sessionVersion: claims.sv,
    familyId: claims.fam ?? null,
  };
}

/** As `verifyAccessToken`, for a refresh token. Whether it was used before, only the database knows. */
export async function verifyRefreshToken(token: string): Promise<RefreshClaims | null> {
  const claims = await verified(token, refreshClaims, refreshLifetimeSeconds);
  if (claims === null) return null;
  return {
    userId: claims.user_id,
    sessionVersion: claims.sv,
    familyId: claims.fam,
    tokenId: claims.jti,
  };
}
