import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { checkHealth, viewHealth } from "#lib/http/health";
import { route } from "#lib/http/route";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getHealth, async () => {
    const view = viewHealth(await checkHealth());
    return Response.json(view, { status: view.status === "unavailable" ? 503 : 200 });
  }),
});
