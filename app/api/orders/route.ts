import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewOrder } from "#lib/http/views";
import { createOrder } from "#lib/orders/create-order";
import { listOrders } from "#lib/orders/list-orders";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listOrders, async ({ viewer, query, url }) => {
    const page = await listOrders(viewer, query);
    return pageAnswer(url, { ...page, items: page.items.map(viewOrder) });
  }),
  POST: route(calls.createOrder, async ({ viewer, body, idempotencyKeyId }) => {
    const order = await createOrder(viewer, body, idempotencyKeyId);
    return Response.json(viewOrder(order), { status: 201 });
  }),
});
