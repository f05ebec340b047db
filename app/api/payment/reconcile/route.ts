import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { route } from "#lib/http/route";
import { viewReconciliation } from "#lib/http/views";
import { reconcileNow } from "#lib/reconciliation/reconcile-all";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  POST: route(calls.reconcile, async ({ viewer, body }) => {
    const runs = await reconcileNow(viewer, body);
    return Response.json({ runs: runs.map(viewReconciliation) });
  }),
});
