import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewDispute } from "#lib/http/views";
import { listDisputes } from "#lib/payments/list-disputes";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listDisputes, async ({ viewer, query, url }) => {
    const page = await listDisputes(viewer, query);
    return pageAnswer(url, { ...page, items: page.items.map(viewDispute) });
  }),
});
