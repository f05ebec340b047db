import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { openApiText } from "#lib/http/openapi";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getOpenApi, async () => {
    const headers = { "Content-Type": "application/json" };
    return new Response(openApiText(), { headers });
  }),
});
