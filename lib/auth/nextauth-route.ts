import NextAuth from "next-auth";
import { NextRequest } from "next/server";
import { notFound, PaymentError } from "../domain/errors.ts";
import { getEnv } from "../env.ts";
import { withAnswerHeaders } from "../http/answer-headers.ts";
import { readBody } from "../http/body.ts";
import { clientAddress } from "../http/client-address.ts";
import { problemAnswer } from "../http/problem.ts";
import { requireWithinLimit, takeLimit, type LimitState } from "../http/rate-limit.ts";
import { requestIdOf } from "../http/request-id.ts";
import { log } from "../observability/log.ts";
import { getRequestMeter, runInRequestContext } from "../observability/request-context.ts";
import { authOptions } from "./options.ts";
import { cookieName } from "./session-cookie.ts";

type Context = { params: Promise<{ nextauth: string[] }> };
type Handler = (request: NextRequest, context: Context) => Promise<Response>;

// What next-auth offers that this site uses. The rest (its own pages, the public log) is not there.
const actions: Record<string, readonly string[]> = {
  GET: ["csrf", "error", "providers", "session", "signin", "signout"],
  POST: ["callback", "session", "signin", "signout"],
};

/** As next-auth sees it: a path of this site, or a whole address of the web. */
function isWebAddress(text: string): boolean {
  const url = URL.parse(text, text.startsWith("/") ? getEnv().PUBLIC_URL : undefined);
  return url?.protocol === "http:" || url?.protocol === "https:";
}

/** next-auth answers 500 to a callback URL that it cannot read; that is the caller's mistake. */
function requireReadableCallback(request: NextRequest): void {
  const candidates = [
    request.nextUrl.searchParams.get("callbackUrl"),
    request.cookies.get(cookieName("callback-url"))?.value,
  ];
  if (candidates.every((text) => !text || isWebAddress(text))) return;
  throw new PaymentError("invalid_request", "callbackUrl: This is not an address.", {
    fields: { callbackUrl: ["This is not an address."] },
  });
}

/** The request again with its body read and bounded, and refused where it is not JSON or a form. */
async function withCheckedBody(request: NextRequest): Promise<NextRequest> {
  if (request.method !== "POST") return request;
  const body = await readBody(request);
  const type = request.headers.get("content-type") ?? "";
  if (type.includes("application/json")) requireJsonObject(body);
  return new NextRequest(request.url, {
    method: "POST",
    headers: request.headers,
    body: new Uint8Array(body),
  });
}

function requireJsonObject(body: Buffer): void {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = null;
  }
  const isFlat =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((field) => typeof field !== "object" || field === null);
  if (!isFlat)
    throw new PaymentError("invalid_request", "The body is not a JSON object of plain values.");
}

/** A refusal in our shape, with the `url` that next-auth's browser code reads the error from. */
async function refusal(error: unknown, request: NextRequest): Promise<Response> {
  const { response, code, isUnexpected } = problemAnswer(error);
  if (isUnexpected) log.error("sign-in request failed", { error, path: request.nextUrl.pathname });
  const body = (await response.json()) as object;
  const word = code === "rate_limited" ? "RateLimited" : "Unavailable";
  const url = `${getEnv().PUBLIC_URL}/signin?error=${word}`;
  const { status, headers } = response;
  if (code === "invalid_request") {
    // An unreadable one would otherwise refuse every sign-in until the browser forgets it.
    headers.append("Set-Cookie", `${cookieName("callback-url")}=; Path=/; Max-Age=0`);
  }
  return Response.json({ ...body, url }, { status, headers });
}

/** Runs next-auth. Its refusals in plain text become ours. */
async function runNextAuth(request: NextRequest, context: Context): Promise<Response> {
  // next-auth takes the site's address from there and from nowhere else, so that no Host header does.
  // eslint-disable-next-line no-restricted-syntax -- written for next-auth, never read
  process.env.NEXTAUTH_URL = getEnv().PUBLIC_URL;
  const handler = NextAuth(authOptions()) as Handler;
  const response = await handler(request, context);
  const isPlain = !(response.headers.get("content-type") ?? "").includes("json");
  if (response.status >= 400 && isPlain) {
    throw new PaymentError("invalid_request", "This is not something to sign in by.");
  }
  return response;
}

async function answer(
  request: NextRequest,
  context: Context,
  limit: LimitState,
): Promise<Response> {
  try {
    requireWithinLimit(limit);
    const [action = ""] = (await context.params).nextauth;
    if (!actions[request.method]?.includes(action)) throw notFound();
    requireReadableCallback(request);
    return await runNextAuth(await withCheckedBody(request), context);
  } catch (error) {
    return await refusal(error, request);
  }
}

/** next-auth behind our limits, body size and headers. Signing in counts as a token call. */
export async function handleNextAuth(request: NextRequest, context: Context): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  return await runInRequestContext({ requestId }, async () => {
    const limitClass = request.method === "POST" ? "token" : "read";
    const limit = takeLimit(limitClass, `address:${clientAddress(request.headers)}`);
    const response = await answer(request, context, limit);
    const { method, nextUrl } = request;
    log.info("request", { method, path: nextUrl.pathname, status: response.status });
    return withAnswerHeaders(response, { requestId, limit, meter: getRequestMeter() });
  });
}
