import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewConfiguration } from "#lib/http/views";
import { listConfigurations } from "#lib/payments/list-configurations";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listConfigurations, async ({ viewer }) => {
    const configurations = await listConfigurations(viewer);
    return Response.json(configurations.map(viewConfiguration));
  }),
});
