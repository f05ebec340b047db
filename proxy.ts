import { NextResponse, type NextRequest } from "next/server";
import { pagePolicy } from "#lib/http/page-policy";
import { pageSources } from "#lib/http/page-sources";

/**
 * Gives each page its Content-Security-Policy with a nonce of its own, which Next puts on its scripts, and
 * keeps pages out of every cache. Nothing is decided here about who may see what: each page does.
 */
export function proxy(request: NextRequest): NextResponse {
  // Next answers 500 to a path that it cannot decode; it is the sender's mistake.
  if (!canDecode(request.nextUrl.pathname)) return new NextResponse("Bad Request", { status: 400 });
  const nonce = btoa(crypto.randomUUID());
  const isDevelopment = process.env.NODE_ENV === "development";
  const policy = pagePolicy(nonce, isDevelopment, pageSources());
  const headers = new Headers(request.headers);
  // Set on the request as well: Next reads the nonce from there while it renders.
  headers.set("x-nonce", nonce);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  // Every page shows somebody's own things, or at least who is signed in.
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

function canDecode(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

export const config = {
  // Pages alone: the API sets its own headers and must not have its bodies buffered here; built files are
  // public and the same for everybody.
  matcher: ["/((?!api/|_next/static/|_next/image|favicon\\.ico$).*)"],
};
