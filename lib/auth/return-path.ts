import { getEnv } from "../env.ts";

// Browsers drop tabs and line breaks from a URL and read a backslash as a slash: "/\t/evil.example" and
// "/\evil.example" both lead away.
const unsafePattern = /[\u0000-\u0020\u007f\\]/;

/** Where somebody may be sent after sign-in: a path of this site. Anything else is `fallback`. */
export function safeReturnPath(target: unknown, fallback = "/"): string {
  if (typeof target !== "string" || target.length > 2_000 || unsafePattern.test(target))
    return fallback;
  const site = getEnv().PUBLIC_URL;
  const path = target.startsWith(`${site}/`) ? target.slice(site.length) : target;
  if (!path.startsWith("/") || path.startsWith("//")) return fallback;
  const url = URL.parse(path, site);
  // "/..//evil.example" is a path only until its dots are taken out.
  if (url?.origin !== site || url.pathname.startsWith("//")) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
