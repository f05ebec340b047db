import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewWebhookEvent } from "#lib/http/views";
import { listWebhookEvents } from "#lib/webhooks/list-webhook-events";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listWebhookEvents, async ({ viewer, query, url }) => {
    const { transaction_id: transactionId, ...filter } = query;
    const page = await listWebhookEvents(viewer, { ...filter, transactionId });
    return pageAnswer(url, { ...page, items: page.items.map(viewWebhookEvent) });
  }),
});
