import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewHoldMoved } from "#lib/http/views";
import { voidTransaction } from "#lib/payments/void-transaction";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.voidTransaction, async ({ viewer, body, idempotencyKeyId }) => {
    const { transaction_id: transactionId, reason } = body;
    const moved = await voidTransaction(viewer, { transactionId, reason, idempotencyKeyId });
    const view = viewHoldMoved("void", moved);
    return Response.json(view.body, { status: view.status });
  }),
});
