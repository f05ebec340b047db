import { decode, encode } from "next-auth/jwt";
import { z } from "zod";
import { getEnv } from "../env.ts";

/** A browser session ends after this, however much it is used. */
export const sessionLifetimeSeconds = 7 * 24 * 60 * 60;

const claims = z.object({
  userId: z.int().positive().max(2_147_483_647),
  sessionVersion: z.int().nonnegative(),
});
export type SessionClaims = z.infer<typeof claims>;

/** True where the site is reached by https, so that cookies may be `Secure` and bound to the host. */
function usesHttps(): boolean {
  return getEnv().PUBLIC_URL.startsWith("https://");
}

/** `__Host-` makes browsers refuse the cookie from a subdomain or over plain http. */
export function cookieName(name: "session" | "csrf" | "callback-url"): string {
  return `${usesHttps() ? "__Host-" : ""}tollbooth.${name}`;
}

export const cookieOptions = () =>
  ({ httpOnly: true, sameSite: "lax", path: "/", secure: usesHttps() }) as const;

/** The session token as next-auth keeps it: encrypted (A256GCM) under NEXTAUTH_SECRET. */
export async function sealSession(session: SessionClaims): Promise<string> {
  return await encode({
    token: session,
    secret: getEnv().NEXTAUTH_SECRET,
    maxAge: sessionLifetimeSeconds,
  });
}

/** Opens a session token; null where it is not ours, changed or too old. The database is not asked. */
export async function openSession(token: string | undefined): Promise<SessionClaims | null> {
  if (token === undefined || token === "") return null;
  try {
    return claims.parse(await decode({ token, secret: getEnv().NEXTAUTH_SECRET }));
  } catch {
    return null;
  }
}

/** The value of a cookie in a Cookie header. A sealed session needs no decoding: it is base64url and dots. */
function cookieValue(header: string, name: string): string | undefined {
  const pair = header.split(";").find((part) => part.trimStart().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

/** The session of a request's Cookie header, as `openSession`. */
export async function sessionOfCookies(header: string | null): Promise<SessionClaims | null> {
  return header === null ? null : await openSession(cookieValue(header, cookieName("session")));
}
