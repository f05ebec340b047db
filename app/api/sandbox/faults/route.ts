import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { setFault } from "#lib/sandbox/control";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.setSandboxFault, async ({ body }) => {
    const { gateway, mode, times, delay_ms: delayMs } = body;
    await setFault({ gateway, mode, times, delayMs });
    return Response.json({ done: true });
  }),
});
