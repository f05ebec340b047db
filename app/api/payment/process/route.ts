import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewProcessResult } from "#lib/http/views";
import { processPayment } from "#lib/payments/process-payment";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.processPayment, async ({ viewer, body }) => {
    const result = await processPayment(viewer, {
      transactionId: body.transaction_id,
      paymentMethod: body.payment_method,
      paymentData: body.payment_data,
    });
    const view = viewProcessResult(result);
    return Response.json(view.body, { status: view.status });
  }),
});
