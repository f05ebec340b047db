import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewHoldMoved } from "#lib/http/views";
import { captureTransaction } from "#lib/payments/capture-transaction";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.captureTransaction, async ({ viewer, body, idempotencyKeyId }) => {
    const { transaction_id: transactionId, amount } = body;
    const moved = await captureTransaction(viewer, { transactionId, amount, idempotencyKeyId });
    const view = viewHoldMoved("capture", moved);
    return Response.json(view.body, { status: view.status });
  }),
});
