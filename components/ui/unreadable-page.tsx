import { buttonVariants } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";
import { Link } from "./link.tsx";

/** In the place of a page of a list whose cursor cannot be read. */
export function UnreadablePage({ firstHref }: { firstHref: string }) {
  return (
    <EmptyState
      title="This page of the list cannot be found"
      action={
        <Link href={firstHref} className={buttonVariants({ variant: "secondary" })}>
          To the first
        </Link>
      }
    >
      Its address was cut short or is out of date.
    </EmptyState>
  );
}
