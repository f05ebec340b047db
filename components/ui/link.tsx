import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link that loads when it is followed. Every page is made for its request, so fetching each link of a
 * list ahead would only cost queries and the reader's rate limit.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
