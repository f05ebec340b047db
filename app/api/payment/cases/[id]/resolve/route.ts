import { resolveCase } from "#lib/cases/resolve-case";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewCase } from "#lib/http/views";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.resolveCase, async ({ viewer, params, body }) => {
    const { resolution, note, user_email: userEmail } = body;
    const closed = await resolveCase(viewer, params.id, { resolution, note, userEmail });
    return Response.json(viewCase(closed));
  }),
});
