import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewCancelled } from "#lib/http/views";
import { cancelPayment } from "#lib/payments/cancel-payment";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.cancelPayment, async ({ viewer, body }) => {
    const { status, body: view } = viewCancelled(await cancelPayment(viewer, body.transaction_id));
    return Response.json(view, { status });
  }),
});
