import { refreshTokens } from "#lib/auth/api-tokens";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.refreshToken, async ({ body }) =>
    Response.json(await refreshTokens(body.refresh)),
  ),
});
