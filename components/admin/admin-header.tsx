import { Store } from "lucide-react";
import type { Viewer } from "#lib/domain/actor";
import { SignOutButton } from "../account/sign-out-button.tsx";
import { LogoMark } from "../shop/logo.tsx";
import { NavLinks, type NavLink } from "../shop/nav-links.tsx";
import { roleWords } from "../transactions/words.ts";
import { buttonVariants } from "../ui/button.tsx";
import { Link } from "../ui/link.tsx";

const links: readonly NavLink[] = [
  { href: "/admin", label: "Overview", exact: true },
  { href: "/admin/transactions", label: "Transactions" },
];

/** The dashboard's header: its pages, the way back to the shop, and as whom one works. */
export function AdminHeader({ viewer }: { viewer: Viewer }) {
  return (
    <header className="border-line bg-surface border-b">
      <div className="mx-auto flex max-w-[88rem] flex-wrap items-center gap-x-6 px-4 sm:px-6">
        <Link href="/admin" className="flex min-h-14 items-center gap-2.5 rounded-lg font-semibold">
          <LogoMark />
          Dashboard
        </Link>
        <nav
          aria-label="Dashboard"
          className="order-last -mx-3 w-full overflow-x-auto sm:order-none sm:mx-0 sm:w-auto sm:flex-1"
        >
          <ul className="flex">
            <NavLinks links={links} />
          </ul>
        </nav>
        <div className="ml-auto flex min-w-0 items-center gap-1">
          <p className="text-muted hidden min-w-0 truncate text-sm lg:block">
            {viewer.email}, {roleWords[viewer.role].toLowerCase()}
          </p>
          <Link href="/" className={buttonVariants({ variant: "ghost", size: "small" })}>
            <Store aria-hidden="true" className="size-4" /> Shop
          </Link>
          <SignOutButton />
        </div>
      </div>
    </header>
  );
}
