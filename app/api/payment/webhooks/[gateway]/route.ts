import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { receiveWebhook } from "#lib/webhooks/receive-webhook";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.receiveWebhook, async ({ params, raw }) => {
    await receiveWebhook(params.gateway, raw);
    return Response.json({ received: true });
  }),
});
