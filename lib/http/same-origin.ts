import { PaymentError } from "../domain/errors.ts";
import { getEnv } from "../env.ts";

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** In the demo the site is also itself under this machine's other names, so long as the browser used them. */
function isDemoLoopback(origin: string, host: string | null): boolean {
  const url = URL.parse(origin);
  return getEnv().isDemo && url !== null && loopbackHosts.has(url.hostname) && url.host === host;
}

/** Refuses a cookie's write that no page of this site sent: a browser names the sender in `Origin`. */
export function requireOwnOrigin(headers: Headers): void {
  const origin = headers.get("origin");
  if (
    origin !== null &&
    (origin === getEnv().PUBLIC_URL || isDemoLoopback(origin, headers.get("host")))
  )
    return;
  throw new PaymentError("forbidden", "A write with a browser session must come from this site.");
}
