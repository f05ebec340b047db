import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { isPaymentError } from "../domain/errors.ts";
import { endSessions } from "../db/users.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { findViewer } from "./authenticate.ts";
import { safeReturnPath } from "./return-path.ts";
import {
  cookieName,
  cookieOptions,
  sessionLifetimeSeconds,
  type SessionClaims,
} from "./session-cookie.ts";
import { checkCredentials } from "./sign-in.ts";

declare module "next-auth" {
  interface User {
    sessionVersion: number;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    userId: number;
    sessionVersion: number;
  }
}

/** The `error` of the sign-in answer where somebody tried too often; wrong credentials are `CredentialsSignin`. */
const throttledError = "RateLimited";

async function authorize(credentials: Partial<Record<string, unknown>> | undefined) {
  const { email, password } = credentials ?? {};
  if (typeof email !== "string" || typeof password !== "string") return null;
  if (password.length > 1_024) return null;
  try {
    const account = await checkCredentials(email, password);
    return (
      account && {
        id: String(account.id),
        email: account.email,
        sessionVersion: account.sessionVersion,
      }
    );
  } catch (error) {
    // The message ends in the sign-in page's address: a fixed word, never what went wrong inside.
    if (isPaymentError(error) && error.code === "rate_limited") throw new Error(throttledError);
    log.error("sign-in failed", { error });
    throw new Error("Unavailable");
  }
}

/** While the database is away nobody is signed out for it. */
async function hasEnded({ userId, sessionVersion }: SessionClaims): Promise<boolean> {
  try {
    return (await findViewer({ kind: "session", claims: { userId, sessionVersion } })) === null;
  } catch (error) {
    log.error("a session could not be checked", { error });
    return false;
  }
}

const credentials = Credentials({
  name: "Password",
  credentials: { email: { type: "email" }, password: { type: "password" } },
  authorize,
});

/** next-auth's settings. Built when asked for, as they read the environment. */
export function authOptions(): AuthOptions {
  const options = cookieOptions();
  return {
    secret: getEnv().NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: sessionLifetimeSeconds },
    pages: { signIn: "/signin", error: "/signin", signOut: "/signin" },
    providers: [credentials],
    useSecureCookies: options.secure,
    cookies: {
      sessionToken: { name: cookieName("session"), options },
      csrfToken: { name: cookieName("csrf"), options },
      callbackUrl: { name: cookieName("callback-url"), options },
    },
    callbacks: {
      // Neither role nor name is kept in the cookie: who somebody is, the database says at each call.
      async jwt({ token, user }) {
        if (user)
          return {
            userId: Number(user.id),
            sessionVersion: user.sessionVersion,
            email: user.email ?? null,
          };
        // Makes next-auth clear the cookie of a session that has ended.
        if (await hasEnded(token)) throw new Error("session ended");
        return token;
      },
      session: ({ session, token }) => ({
        expires: session.expires,
        user: { email: token.email ?? null },
      }),
      redirect: ({ url }) => `${getEnv().PUBLIC_URL}${safeReturnPath(url)}`,
    },
    events: {
      /** Signing out ends every session and API token of the person, on every device. */
      async signOut({ token }) {
        await endSessions(token.userId, token.sessionVersion);
      },
    },
    logger: {
      // next-auth reports a stranger's broken cookie as an error; it is none of ours.
      error: (code) => log.info("next-auth", { code }),
      warn: (code) => log.debug("next-auth", { code }),
      debug: () => undefined,
    },
  };
}
