import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewRefund } from "#lib/http/views";
import { refundTransaction } from "#lib/payments/refund-transaction";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.refundTransaction, async ({ viewer, body, idempotencyKeyId }) => {
    const { transaction_id: transactionId, amount, reason, retry_of: retryOf } = body;
    const refund = await refundTransaction(viewer, {
      transactionId,
      amount,
      reason,
      retryOf,
      idempotencyKeyId,
    });
    return Response.json(viewRefund(refund), { status: 201 });
  }),
});
