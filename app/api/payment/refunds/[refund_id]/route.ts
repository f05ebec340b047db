import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewRefund } from "#lib/http/views";
import { getRefund } from "#lib/payments/list-refunds";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getRefund, async ({ viewer, params }) =>
    Response.json(viewRefund(await getRefund(viewer, params.refund_id))),
  ),
});
