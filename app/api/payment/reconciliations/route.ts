import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewReconciliation } from "#lib/http/views";
import { listReconciliations } from "#lib/reconciliation/list-reconciliations";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listReconciliations, async ({ viewer, query, url }) => {
    const page = await listReconciliations(viewer, query);
    return pageAnswer(url, { ...page, items: page.items.map(viewReconciliation) });
  }),
});
