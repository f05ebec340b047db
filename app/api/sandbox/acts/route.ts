import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { makeHappen } from "#lib/sandbox/control";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.makeSandboxAct, async ({ body }) => {
    const { gateway, act, payment, amount } = body;
    await makeHappen({ gateway, act, payment, amount });
    return Response.json({ done: true });
  }),
});
