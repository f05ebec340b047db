import { ArrowLeft, ArrowRight } from "lucide-react";
import { buttonVariants } from "./button.tsx";
import { Link } from "./link.tsx";

type PaginationProps = {
  label: string;
  /** The first page, where the shown page is another. */
  firstHref: string | null;
  nextHref: string | null;
  /** Where the list is in another order than newest first. */
  words?: { first: string; next: string } | undefined;
};

const newestFirst = { first: "Newest", next: "Older" };

/** Cursor paging: a cursor only goes on, so the ways are to the next page and back to the first. */
export function Pagination({ label, firstHref, nextHref, words = newestFirst }: PaginationProps) {
  if (firstHref === null && nextHref === null) return null;
  return (
    <nav
      aria-label={label}
      className="border-line flex items-center justify-between gap-3 border-t px-4 py-3 sm:px-5"
    >
      {firstHref === null ? (
        <span />
      ) : (
        <Link href={firstHref} className={buttonVariants({ variant: "secondary", size: "small" })}>
          <ArrowLeft aria-hidden="true" className="size-4" /> {words.first}
        </Link>
      )}
      {nextHref === null ? (
        <span className="text-muted text-sm">That is the end of the list.</span>
      ) : (
        <Link href={nextHref} className={buttonVariants({ variant: "secondary", size: "small" })}>
          {words.next} <ArrowRight aria-hidden="true" className="size-4" />
        </Link>
      )}
    </nav>
  );
}
