import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewTransaction } from "#lib/http/views";
import { listTransactions } from "#lib/payments/list-transactions";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listTransactions, async ({ viewer, query, url }) => {
    const { order, user, ...filter } = query;
    const byOrder = typeof order === "string" ? { orderNumber: order } : { orderId: order };
    const page = await listTransactions(viewer, { ...filter, ...byOrder, userId: user });
    return pageAnswer(url, { ...page, items: page.items.map(viewTransaction) });
  }),
});
