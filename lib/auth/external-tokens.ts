import {
  createRemoteJWKSet,
  decodeJwt,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
} from "jose";
import { createSecretKey } from "node:crypto";
import { z } from "zod";
import { roles, type Role } from "../domain/actor.ts";
import { invariant, PaymentError } from "../domain/errors.ts";
import { getEnv } from "../env.ts";
import { processGlobal } from "../process-global.ts";
import { normaliseEmail } from "./email-address.ts";

// The platform sets its own lifetimes; one beyond a day is a mistake or a forgery.
const maxLifetimeSeconds = 24 * 60 * 60;
const clockToleranceSeconds = 30;
// A caller waits for the platform's keys at most that long.
const keyTimeoutMs = 3_000;

/** Who the platform's own user system says is calling. Exactly one of `userId` and `email` is used. */
export type ExternalClaims = { userId: number | null; email: string | null; role: Role | null };

const claimsSchema = z.object({
  iat: z.int(),
  exp: z.int(),
  token_type: z.literal("access").optional(),
  user_id: z.unknown().optional(),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  role: z.unknown().optional(),
});

/**
 * True where the token says that the platform issued it. It is only a claim as yet: it decides whose keys
 * the signature is held against, never whether it holds.
 */
export function claimsExternalIssuer(token: string): boolean {
  const issuer = getEnv().JWT_EXTERNAL_ISSUER;
  if (issuer === undefined) return false;
  try {
    return decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

/** The platform's JWKS: https, or plain http to this machine outside production. */
export function jwksUrl(address: string, isDemo: boolean): URL {
  const url = new URL(address);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isAllowed = url.protocol === "https:" || (url.protocol === "http:" && isLoopback && isDemo);
  invariant(isAllowed, "JWT_EXTERNAL_JWKS_URL must be https");
  return url;
}

async function verifiedPayload(token: string): Promise<JWTPayload> {
  const env = getEnv();
  invariant(
    env.JWT_EXTERNAL_ISSUER && env.JWT_EXTERNAL_AUDIENCE,
    "external issuer without audience",
  );
  const options: JWTVerifyOptions = {
    issuer: env.JWT_EXTERNAL_ISSUER,
    audience: env.JWT_EXTERNAL_AUDIENCE,
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: maxLifetimeSeconds,
    requiredClaims: ["exp", "iat"],
  };
  if (env.JWT_EXTERNAL_HS256_SECRET !== undefined) {
    const key = createSecretKey(Buffer.from(env.JWT_EXTERNAL_HS256_SECRET, "utf8"));
    return (await jwtVerify(token, key, { ...options, algorithms: ["HS256"] })).payload;
  }
  const { JWT_EXTERNAL_JWKS_URL: address, isDemo } = env;
  invariant(address, "external issuer without keys");
  const keys = processGlobal("external-jwks", () =>
    createRemoteJWKSet(jwksUrl(address, isDemo), { timeoutDuration: keyTimeoutMs }),
  );
  // Asymmetric ones only: a public key can then never serve as a shared secret.
  return (await jwtVerify(token, keys, { ...options, algorithms: ["RS256", "ES256", "EdDSA"] }))
    .payload;
}

/** jose names what is wrong with a token `ERR_JW…`; anything else is the key server's silence. */
function isTokenFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    typeof code === "string" &&
    code.startsWith("ERR_J") &&
    code !== "ERR_JWKS_TIMEOUT" &&
    code !== "ERR_JOSE_GENERIC"
  );
}

/**
 * Signature, issuer, audience and times of a token of the platform's user system, and whom it names; null
 * where any is wrong. Throws `service_unavailable` where the platform's keys cannot be had.
 */
export async function verifyExternalToken(token: string): Promise<ExternalClaims | null> {
  let payload: JWTPayload;
  try {
    payload = await verifiedPayload(token);
  } catch (error) {
    if (isTokenFault(error)) return null;
    throw new PaymentError(
      "service_unavailable",
      "The sign-in service is unavailable. Try again shortly.",
      {
        cause: error,
      },
    );
  }
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success || parsed.data.exp - parsed.data.iat > maxLifetimeSeconds) return null;
  return identityOf(parsed.data);
}

function identityOf(claims: z.output<typeof claimsSchema>): ExternalClaims | null {
  const role = roleOf(claims.role);
  const userId = z.int().positive().max(2_147_483_647).safeParse(claims.user_id);
  if (userId.success) return { userId: userId.data, email: null, role };
  const email = typeof claims.email === "string" ? normaliseEmail(claims.email) : null;
  // An address that nobody proved to own would be a way into somebody's account.
  if (email === null || claims.email_verified === false) return null;
  return { userId: null, email, role };
}

/** No role claim: null. One that is not of ours counts as the lowest. */
function roleOf(claim: unknown): Role | null {
  if (claim === undefined || claim === null) return null;
  return roles.find((role) => role === claim) ?? "customer";
}

/** The lower of the two: a token can take rights away, never give them. `roles` goes from low to high. */
export function lowerRole(local: Role, claimed: Role | null): Role {
  if (claimed === null) return local;
  return roles.indexOf(claimed) < roles.indexOf(local) ? claimed : local;
}
