import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { moveClock } from "#lib/sandbox/control";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.moveSandboxClock, async ({ body }) =>
    Response.json({ clock_offset_s: await moveClock(body.advance_s) }),
  ),
});
