import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { verifyAccount } from "#lib/payments/verify-account";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.verifyGateway, async ({ viewer, params }) =>
    Response.json(await verifyAccount(viewer, params.id)),
  ),
});
