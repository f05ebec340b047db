import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewWebhookEvent } from "#lib/http/views";
import { replayWebhook } from "#lib/webhooks/replay-webhook";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.replayWebhook, async ({ viewer, params }) =>
    Response.json(viewWebhookEvent(await replayWebhook(viewer, params.id))),
  ),
});
