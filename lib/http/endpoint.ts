import { notFound, PaymentError } from "../domain/errors.ts";
import type { Call, RouteHandler } from "./call.ts";
import { route } from "./route.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
type Endpoint = Record<Method, RouteHandler>;

// Counted as reads like any other call, so that asking for what is not there is no way around a limit.
const refusedCall = {
  method: "GET",
  path: "",
  summary: "",
  auth: "public",
  limit: "read",
  answers: {},
} as const satisfies Call;

/** Every method of a path: those given, HEAD where there is GET, and 405 with `Allow` for the rest. */
export function endpoint(handlers: { GET?: RouteHandler; POST?: RouteHandler }): Endpoint {
  const { GET, POST } = handlers;
  const allow = [...(GET ? ["GET", "HEAD"] : []), ...(POST ? ["POST"] : [])].join(", ");
  const refused = methodNotAllowed(allow);
  return {
    GET: GET ?? refused,
    HEAD: GET ? withoutBody(GET) : refused,
    POST: POST ?? refused,
    PUT: refused,
    PATCH: refused,
    DELETE: refused,
    OPTIONS: refused,
  };
}

/** Every method of a path that is not there. */
export function absentEndpoint(): Endpoint {
  const absent = route(refusedCall, () => Promise.reject(notFound()));
  const all = {
    GET: absent,
    POST: absent,
    PUT: absent,
    PATCH: absent,
    DELETE: absent,
    OPTIONS: absent,
  };
  return { ...all, HEAD: withoutBody(absent) };
}

/** Answers 405 with `Allow`, for the methods that a path does not have. */
export function methodNotAllowed(allow: string): RouteHandler {
  const refused = route(refusedCall, () =>
    Promise.reject(new PaymentError("method_not_allowed", "This method is not allowed here.")),
  );
  return async (request, context) => {
    const response = await refused(request, context);
    response.headers.set("Allow", allow);
    return request.method === "HEAD" ? bodiless(response) : response;
  };
}

function bodiless(response: Response): Response {
  return new Response(null, { status: response.status, headers: response.headers });
}

function withoutBody(handler: RouteHandler): RouteHandler {
  return async (request, context) => bodiless(await handler(request, context));
}
