import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewTransaction } from "#lib/http/views";
import { getTransaction } from "#lib/payments/get-transaction";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getTransaction, async ({ viewer, params }) =>
    Response.json(viewTransaction(await getTransaction(viewer, params.transaction_id))),
  ),
});
