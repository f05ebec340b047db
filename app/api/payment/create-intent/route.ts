import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewIntent } from "#lib/http/views";
import { createIntent } from "#lib/payments/create-intent";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.createIntent, async ({ viewer, body }) => {
    const intent = await createIntent(viewer, {
      orderId: body.order_id,
      gateway: body.gateway,
      captureMethod: body.capture_method,
    });
    return Response.json(viewIntent(intent), { status: intent.created ? 201 : 200 });
  }),
});
