import { getEnv } from "../env.ts";

/** A page of a list: the array itself, and the next page's address in `Link` where there is one. */
export function pageAnswer<T>(
  url: URL,
  page: { items: readonly T[]; nextCursor: string | null },
): Response {
  const headers = new Headers();
  if (page.nextCursor !== null) {
    const query = new URLSearchParams(url.search);
    query.set("cursor", page.nextCursor);
    // The site's own address from the settings: no Host header can lead a client away.
    headers.set("Link", `<${getEnv().PUBLIC_URL}${url.pathname}?${query.toString()}>; rel="next"`);
  }
  return Response.json(page.items, { headers });
}
