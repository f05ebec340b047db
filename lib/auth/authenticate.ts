import type { Role, Viewer } from "../domain/actor.ts";
import { PaymentError } from "../domain/errors.ts";
import { createCustomer, findStanding, findStandingByEmail, type Standing } from "../db/users.ts";
import { verifyAccessToken, type AccessClaims } from "./access-tokens.ts";
import {
  claimsExternalIssuer,
  lowerRole,
  verifyExternalToken,
  type ExternalClaims,
} from "./external-tokens.ts";
import { sessionOfCookies, type SessionClaims } from "./session-cookie.ts";

/** Who a request says it comes from, as far as signatures tell. Whether they may is the database's word. */
export type Identity =
  | { kind: "none" }
  | { kind: "refused" }
  /** Whether it holds cannot be told now: the platform's keys are out of reach. */
  | { kind: "unknown"; error: unknown }
  | { kind: "token"; claims: AccessClaims }
  | { kind: "external"; claims: ExternalClaims }
  | { kind: "session"; claims: SessionClaims };

type ClaimedIdentity = Extract<Identity, { claims: unknown }>;

function isClaimed(identity: Identity): identity is ClaimedIdentity {
  return "claims" in identity;
}

// A token of ours has about 400 characters; the platform's may carry more.
const maxTokenLength = 4_096;
const bearerPattern = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

/**
 * Reads a request's credentials; no query. An Authorization header decides alone where there is one: a
 * browser's cookie never stands in for a token that was refused.
 */
export async function identify(headers: Headers): Promise<Identity> {
  const authorization = headers.get("authorization");
  if (authorization === null) {
    const claims = await sessionOfCookies(headers.get("cookie"));
    return claims === null ? { kind: "none" } : { kind: "session", claims };
  }
  const token =
    authorization.length > maxTokenLength ? undefined : bearerPattern.exec(authorization)?.[1];
  if (token === undefined) return { kind: "refused" };
  if (claimsExternalIssuer(token)) {
    return await identifyExternal(token);
  }
  const claims = await verifyAccessToken(token);
  return claims === null ? { kind: "refused" } : { kind: "token", claims };
}

async function identifyExternal(token: string): Promise<Identity> {
  try {
    const claims = await verifyExternalToken(token);
    return claims === null ? { kind: "refused" } : { kind: "external", claims };
  } catch (error) {
    return { kind: "unknown", error };
  }
}

/** What a signed-in caller is counted by, or null where only the address is known. */
export function callerOf(identity: Identity): string | null {
  if (!isClaimed(identity)) return null;
  if (identity.kind === "external" && identity.claims.userId === null)
    return `email:${identity.claims.email ?? ""}`;
  return `user:${identity.claims.userId ?? ""}`;
}

function unauthenticated(message: string): PaymentError {
  return new PaymentError("unauthenticated", message);
}

function viewerOf(standing: Standing, role: Role): Viewer {
  return { kind: "user", userId: standing.id, email: standing.email, role };
}

/**
 * The viewer behind an identity, as the database has them now: one query. Throws `unauthenticated` where
 * there is none, the account is closed, or the session, the token's family or its role has ended.
 */
export async function authenticate(identity: Identity): Promise<Viewer> {
  if (identity.kind === "none")
    throw unauthenticated("Authentication credentials were not provided.");
  if (identity.kind === "unknown") throw identity.error;
  const viewer = isClaimed(identity) ? await findViewer(identity) : null;
  if (viewer === null) throw unauthenticated("The token or session is not valid, or has ended.");
  return viewer;
}

/** As `authenticate`, but null where the identity does not stand. */
export async function findViewer(identity: ClaimedIdentity): Promise<Viewer | null> {
  if (identity.kind === "external") return await externalViewer(identity.claims);
  const { claims } = identity;
  const isToken = identity.kind === "token";
  const standing = await findStanding(claims.userId, isToken ? identity.claims.familyId : null);
  if (!standing?.isActive || standing.familyEnded) return null;
  if (standing.sessionVersion !== claims.sessionVersion) return null;
  // A token says what its holder may do; once that changed, a new one is due.
  if (isToken && standing.role !== identity.claims.role) return null;
  return viewerOf(standing, standing.role);
}

async function externalViewer(claims: ExternalClaims): Promise<Viewer | null> {
  const standing = await externalStanding(claims);
  if (!standing?.isActive) return null;
  return viewerOf(standing, lowerRole(standing.role, claims.role));
}

async function externalStanding({ userId, email }: ExternalClaims): Promise<Standing | null> {
  if (userId !== null) return await findStanding(userId, null);
  if (email === null) return null;
  const known = await findStandingByEmail(email);
  if (known !== null) return known;
  // The first call of somebody the platform knows. Of two such at once, the index lets one make it.
  await createCustomer(email, null);
  return await findStandingByEmail(email);
}
