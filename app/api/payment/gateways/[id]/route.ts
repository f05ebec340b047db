import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { readAccountChange, viewGatewayAccount } from "#lib/http/gateway-views";
import { route } from "#lib/http/route";
import { updateAccount } from "#lib/payments/set-up-account";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.updateGateway, async ({ viewer, params, body }) => {
    const account = await updateAccount(viewer, params.id, readAccountChange(body));
    return Response.json(viewGatewayAccount(account));
  }),
});
