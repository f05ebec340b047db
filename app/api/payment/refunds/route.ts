import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewRefund } from "#lib/http/views";
import { listRefunds } from "#lib/payments/list-refunds";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listRefunds, async ({ viewer, query, url }) => {
    const { limit, cursor, transaction_id: transactionId } = query;
    const page = await listRefunds(viewer, { limit, cursor, transactionId });
    return pageAnswer(url, { ...page, items: page.items.map(viewRefund) });
  }),
});
