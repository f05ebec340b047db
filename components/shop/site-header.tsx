import { UserRound } from "lucide-react";
import { isStaff, type Viewer } from "#lib/domain/actor";
import { SignOutButton } from "../account/sign-out-button.tsx";
import { buttonVariants } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import { Logo } from "./logo.tsx";
import { NavLinks, type NavLink } from "./nav-links.tsx";
import { Link } from "../ui/link.tsx";

function linksFor(viewer: Viewer | null, demo: boolean): NavLink[] {
  const links: NavLink[] = [{ href: "/", label: "Catalogue", exact: true }];
  if (viewer === null) return links;
  links.push(
    { href: "/orders", label: "Orders" },
    { href: "/transactions", label: "Transactions" },
  );
  if (isStaff(viewer)) links.push({ href: "/admin", label: "Dashboard" });
  if (demo) links.push({ href: "/sandbox", label: "Sandbox" });
  return links;
}

function AccountCorner({ viewer }: { viewer: Viewer | null }) {
  if (viewer === null) {
    return (
      <div className="flex items-center gap-2">
        <Link href="/signin" className={buttonVariants({ variant: "ghost", size: "small" })}>
          Sign in
        </Link>
        <Link href="/signup" className={buttonVariants({ variant: "solid", size: "small" })}>
          Sign up
        </Link>
      </div>
    );
  }
  return (
    <div className="flex min-w-0 items-center gap-1">
      <Link
        href="/account"
        className={cn(
          buttonVariants({ variant: "ghost", size: "small" }),
          "min-w-0 shrink font-medium",
        )}
      >
        <UserRound aria-hidden="true" className="size-4 shrink-0" />
        <span className="sm:hidden">Account</span>
        <span className="hidden truncate sm:inline">
          <VisuallyHidden>Account of </VisuallyHidden>
          {viewer.email}
        </span>
      </Link>
      <SignOutButton />
    </div>
  );
}

/** The shop's header: where one is, where one can go, and as whom. */
export function SiteHeader({ viewer, demo }: { viewer: Viewer | null; demo: boolean }) {
  return (
    <header className="border-line bg-surface border-b print:hidden">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 px-4 sm:px-6">
        <Link
          href="/"
          className="flex min-h-14 items-center rounded-lg"
          aria-label="Tollbooth, to the catalogue"
        >
          <Logo />
        </Link>
        <nav
          aria-label="Main"
          className="order-last -mx-3 w-full overflow-x-auto sm:order-none sm:mx-0 sm:w-auto sm:flex-1"
        >
          <ul className="flex">
            <NavLinks links={linksFor(viewer, demo)} />
          </ul>
        </nav>
        <div className="ml-auto min-w-0">
          <AccountCorner viewer={viewer} />
        </div>
      </div>
    </header>
  );
}
