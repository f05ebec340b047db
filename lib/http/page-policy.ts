import type { PageSources } from "./page-sources.ts";

const sandbox = "http://127.0.0.1:*";

/**
 * The Content-Security-Policy of a page. Our scripts are our own files and what carries the nonce; of
 * others, exactly the hosts that the shop's active gateways need. Without `strict-dynamic`, which would
 * have browsers ignore those hosts and let any script load any other. Styles may be inline: Radix
 * positions its layers with style attributes. `isDevelopment` adds what Next's development server cannot
 * do without, and the sandbox, as no server of ours tells there which gateways are active.
 */
export function pagePolicy(nonce: string, isDevelopment: boolean, sources: PageSources): string {
  const directive = (name: string, ...values: readonly string[]): string =>
    [name, ...values].join(" ");
  return [
    "default-src 'self'",
    directive(
      "script-src",
      "'self'",
      `'nonce-${nonce}'`,
      ...(isDevelopment ? ["'unsafe-eval'", sandbox] : []),
      ...sources.script,
    ),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    directive("frame-src", "'self'", ...(isDevelopment ? [sandbox] : []), ...sources.frame),
    directive(
      "connect-src",
      "'self'",
      ...(isDevelopment ? ["ws:", sandbox] : []),
      ...sources.connect,
    ),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
