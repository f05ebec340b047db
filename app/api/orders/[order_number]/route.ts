import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewOrder } from "#lib/http/views";
import { getOrder } from "#lib/orders/list-orders";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getOrder, async ({ viewer, params }) =>
    Response.json(viewOrder(await getOrder(viewer, params.order_number))),
  ),
});
