import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { viewGatewayAccount } from "#lib/http/gateway-views";
import { route } from "#lib/http/route";
import { rotateWebhookSecret } from "#lib/payments/rotate-webhook-secret";
import { getAccount } from "#lib/payments/view-account";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.rotateWebhookSecret, async ({ viewer, params: { id }, body: { secret } }) => {
    await rotateWebhookSecret(viewer, { configurationId: id, secret });
    const { account } = await getAccount(viewer, id);
    return Response.json(viewGatewayAccount(account));
  }),
});
