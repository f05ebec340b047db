import { listCases } from "#lib/cases/list-cases";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { pageAnswer } from "#lib/http/page-answer";
import { route } from "#lib/http/route";
import { viewCase } from "#lib/http/views";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.listCases, async ({ viewer, query, url }) => {
    const { transaction_id: transactionId, ...filter } = query;
    const page = await listCases(viewer, { ...filter, transactionId });
    return pageAnswer(url, { ...page, items: page.items.map(viewCase) });
  }),
});
