import type { Metadata } from "next";
import { Logo } from "../components/shop/logo.tsx";
import { NotFoundMessage } from "../components/shop/not-found-message.tsx";
import { Link } from "../components/ui/link.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <>
      <header className="border-line bg-surface border-b px-4 sm:px-6">
        <Link
          href="/"
          className="inline-flex min-h-14 items-center rounded-lg"
          aria-label="Tollbooth, to the catalogue"
        >
          <Logo />
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="flex-1">
        <NotFoundMessage />
      </main>
    </>
  );
}
