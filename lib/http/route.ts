import { authenticate, callerOf, identify, type Identity } from "../auth/authenticate.ts";
import { isStaff, mayMoveMoney, type Viewer } from "../domain/actor.ts";
import { PaymentError } from "../domain/errors.ts";
import { log } from "../observability/log.ts";
import { getRequestMeter, runInRequestContext } from "../observability/request-context.ts";
import { withAnswerHeaders } from "./answer-headers.ts";
import { parseJson, readBody, requireJsonType } from "./body.ts";
import type { ApiRequest, Call, RouteHandler } from "./call.ts";
import { clientAddress } from "./client-address.ts";
import { idempotencyKeyOf, runOnce } from "./idempotency.ts";
import { problemAnswer } from "./problem.ts";
import { requireWithinLimit, takeLimit, type LimitClass, type LimitState } from "./rate-limit.ts";
import { requestIdOf } from "./request-id.ts";
import { requireOwnOrigin } from "./same-origin.ts";
import { validateBody, validateParams, validateQuery } from "./validate.ts";

type Handler<C extends Call> = (request: ApiRequest<C>) => Promise<Response>;
type Context = Parameters<RouteHandler>[1];
/** An answer and what is known of it: the refusal's code, and what went wrong where nobody expected it. */
type Answer = { response: Response; code: string | null; unexpected?: unknown };
/** What is found out on the way and told by the headers and the log, however the request ends. */
type Trace = { limit: LimitState | null; viewer: Viewer | null };

/**
 * A call's handler with everything around it: request id, limit, who it is, input, idempotency, errors,
 * headers and one log line. `handle` gets checked input, calls one use case and shapes the answer.
 */
export function route<const C extends Call>(call: C, handle: Handler<C>): RouteHandler {
  return (request, context) => {
    const requestId = requestIdOf(request.headers);
    return runInRequestContext({ requestId }, async () => {
      const startedAt = performance.now();
      const trace: Trace = { limit: null, viewer: null };
      const answer = await attempt(() => admit(call, handle, request, context, trace));
      logAnswer(request, answer, trace, performance.now() - startedAt);
      return withAnswerHeaders(answer.response, {
        requestId,
        limit: trace.limit,
        meter: getRequestMeter(),
      });
    });
  };
}

/** Runs `work`; what it throws becomes an answer. */
async function attempt(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (thrown) {
    const { isUnexpected, ...answer } = problemAnswer(thrown);
    return isUnexpected ? { ...answer, unexpected: thrown } : answer;
  }
}

/** The stages before the handler, in the order in which they cost: nothing is parsed for a stranger. */
async function admit<C extends Call>(
  call: C,
  handle: Handler<C>,
  request: Request,
  context: Context,
  trace: Trace,
): Promise<Answer> {
  const identity = await identify(request.headers);
  trace.limit = takeLimit(call.limit, countedCaller(call, identity, request.headers));
  requireWithinLimit(trace.limit);
  trace.viewer = call.auth === "public" ? null : await admitViewer(call, identity, request);
  const url = new URL(request.url);
  // A path that cannot be decoded names nothing, as one that is not there.
  const params = call.params
    ? validateParams(call.params, await context.params.catch(() => null))
    : undefined;
  const query = call.query ? validateQuery(call.query, url.searchParams) : undefined;
  const { bytes, value } = await bodyOf(call, request);
  const raw = call.rawBody ? { headers: request.headers, bytes } : undefined;
  const checked = { viewer: trace.viewer, params, query, body: value, raw, url };
  const run = (idempotencyKeyId: string | undefined) =>
    // What was validated above by the call's own schemas has the types that those schemas have.
    attempt(async () => ({
      response: await handle({ ...checked, idempotencyKeyId } as ApiRequest<C>),
      code: null,
    }));
  const key = call.idempotent ? idempotencyKeyOf(request.headers) : null;
  if (key === null || trace.viewer === null) return await run(undefined);
  return await runOnce(request, { userId: trace.viewer.userId, key, body: bytes }, run);
}

// Guesses at a password or a signature: a token must not buy more of them.
const guessed: readonly LimitClass[] = ["token", "webhook"];

/** Who a call is counted by. Sign-in and webhooks: the address, even for somebody who is signed in. */
function countedCaller(call: Call, identity: Identity, headers: Headers): string {
  const isGuess = call.auth === "public" && guessed.includes(call.limit);
  const caller = isGuess ? null : callerOf(identity);
  return caller ?? `address:${clientAddress(headers)}`;
}

async function admitViewer(call: Call, identity: Identity, request: Request): Promise<Viewer> {
  const viewer = await authenticate(identity);
  if (identity.kind === "session" && call.method !== "GET") requireOwnOrigin(request.headers);
  const isAllowed =
    call.auth === "user" || (call.auth === "staff" ? isStaff(viewer) : mayMoveMoney(viewer));
  if (!isAllowed) throw new PaymentError("forbidden", "You do not have permission to do this.");
  return viewer;
}

async function bodyOf(
  call: Call,
  request: Request,
): Promise<{ bytes: Uint8Array; value: unknown }> {
  if (call.rawBody) {
    return { bytes: await readBody(request, call.rawBody.maxBytes), value: undefined };
  }
  if (!call.body) return { bytes: new Uint8Array(), value: undefined };
  requireJsonType(request.headers);
  const bytes = await readBody(request);
  return { bytes, value: validateBody(call.body, parseJson(bytes)) };
}

function logAnswer(request: Request, answer: Answer, trace: Trace, durationMs: number): void {
  const fields = {
    method: request.method,
    path: new URL(request.url).pathname,
    status: answer.response.status,
    durationMs: Math.round(durationMs * 10) / 10,
    queries: getRequestMeter().queries,
    ...(answer.code === null ? {} : { code: answer.code }),
    ...(trace.viewer === null ? {} : { userId: trace.viewer.userId }),
  };
  if ("unexpected" in answer) log.error("request failed", { ...fields, error: answer.unexpected });
  else log.info("request", fields);
}
