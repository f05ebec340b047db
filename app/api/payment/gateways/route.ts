import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { readAccountChange, viewGatewayAccount } from "#lib/http/gateway-views";
import { route } from "#lib/http/route";
import { createAccount } from "#lib/payments/set-up-account";
import { listAccounts } from "#lib/payments/view-account";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listGateways, async ({ viewer }) => {
    const accounts = await listAccounts(viewer);
    return Response.json(accounts.map(viewGatewayAccount));
  }),
  POST: route(calls.createGateway, async ({ viewer, body: { gateway, ...settings } }) => {
    const account = await createAccount(viewer, { gateway, ...readAccountChange(settings) });
    return Response.json(viewGatewayAccount(account), { status: 201 });
  }),
});
