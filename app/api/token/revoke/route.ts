import { revokeTokens } from "#lib/auth/api-tokens";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.revokeToken, async ({ body }) => {
    await revokeTokens(body.refresh);
    return Response.json({ detail: "The token and those that came of it have ended." });
  }),
});
