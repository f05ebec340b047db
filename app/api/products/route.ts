import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewProduct } from "#lib/http/views";
import { listProducts } from "#lib/orders/list-products";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listProducts, async () =>
    Response.json((await listProducts()).map(viewProduct)),
  ),
});
