import { Store } from "lucide-react";
import type { Viewer } from "#lib/domain/actor";
import { SignOutButton } from "../account/sign-out-button.tsx";
import { LogoMark } from "../shop/logo.tsx";
import { NavLinks, type NavLink } from "../shop/nav-links.tsx";
import { roleWords } from "../transactions/words.ts";
import { buttonVariants } from "../ui/button.tsx";
import { Link } from "../ui/link.tsx";

function linksOf(openCases: number): readonly NavLink[] {
  return [
    { href: "/admin", label: "Overview", exact: true },
    { href: "/admin/transactions", label: "Transactions" },
    { href: "/admin/cases", label: "Needs attention", count: openCases },
    { href: "/admin/disputes", label: "Disputes" },
    { href: "/admin/webhooks", label: "Webhooks" },
    { href: "/admin/reconciliation", label: "Reconciliation" },
    { href: "/admin/gateways", label: "Gateways" },
  ];
}

type AdminHeaderProps = { viewer: Viewer; openCases: number };

/** The dashboard's header: its pages, the way back to the shop, and as whom one works. */
export function AdminHeader({ viewer, openCases }: AdminHeaderProps) {
  return (
    <header className="border-line bg-surface border-b">
      <div className="mx-auto flex max-w-[88rem] flex-wrap items-center gap-x-6 px-4 sm:px-6">
        <Link href="/admin" className="flex min-h-14 items-center gap-2.5 rounded-lg font-semibold">
          <LogoMark />
          Dashboard
        </Link>
        <nav
          aria-label="Dashboard"
          className="order-last -mx-3 w-[calc(100%+1.5rem)] overflow-x-auto lg:order-none lg:mx-0 lg:w-auto lg:flex-1"
        >
          <ul className="flex">
            <NavLinks links={linksOf(openCases)} />
          </ul>
        </nav>
        <div className="ml-auto flex min-w-0 items-center gap-1">
          <p className="text-muted hidden min-w-0 truncate text-sm 2xl:block">
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
