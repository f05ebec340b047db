import { Search } from "lucide-react";
import { Button, buttonVariants } from "../ui/button.tsx";
import { Input } from "../ui/input.tsx";
import { Link } from "../ui/link.tsx";

/** Searches the catalogue through the address, so that it works without script and can be shared. */
export function CatalogueSearch({ query }: { query: string }) {
  return (
    <form role="search" action="/" method="get" className="flex w-full gap-2 sm:w-auto">
      <label htmlFor="catalogue-search" className="sr-only">
        Search the catalogue
      </label>
      <div className="relative min-w-0 flex-1 sm:w-72">
        <Search
          aria-hidden="true"
          className="text-muted pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2"
        />
        <Input
          id="catalogue-search"
          type="search"
          name="q"
          defaultValue={query}
          maxLength={100}
          placeholder="Brake pads, FLT-…"
          className="pl-9"
        />
      </div>
      <Button type="submit" variant="secondary">
        Search
      </Button>
      {query === "" ? null : (
        <Link href="/" className={buttonVariants({ variant: "ghost" })}>
          Clear
        </Link>
      )}
    </form>
  );
}
