"use client";

import { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "../ui/cn.ts";
import { Link } from "../ui/link.tsx";
import { Spinner } from "../ui/spinner.tsx";

export type NavLink = {
  href: string;
  label: string;
  exact?: boolean;
  /** How much waits there; not shown where it is nothing. */
  count?: number;
};

function Pending() {
  const { pending } = useLinkStatus();
  return pending ? <Spinner className="absolute -right-0.5 size-3" /> : null;
}

function isCurrent(pathname: string, link: NavLink): boolean {
  return pathname === link.href || (link.exact !== true && pathname.startsWith(`${link.href}/`));
}

/** Links of a navigation, with the page one is on marked for eyes and screen readers. */
export function NavLinks({
  links,
  vertical = false,
}: {
  links: readonly NavLink[];
  vertical?: boolean;
}) {
  const pathname = usePathname();
  return links.map((link) => {
    const current = isCurrent(pathname, link);
    return (
      <li key={link.href}>
        <Link
          href={link.href}
          aria-current={current ? "page" : undefined}
          className={cn(
            "relative flex min-h-11 items-center px-3 pt-0.5 text-sm font-medium whitespace-nowrap transition-colors",
            vertical ? "rounded-lg" : "border-b-2 border-transparent sm:min-h-14",
            current ? "text-ink" : "text-muted hover:text-ink",
            current && (vertical ? "bg-neutral-tint" : "border-signal"),
          )}
        >
          {link.label}
          {link.count === undefined || link.count === 0 ? null : (
            <span className="nums bg-danger-tint text-danger ml-1.5 rounded-full px-1.5 text-xs leading-5">
              {link.count}
            </span>
          )}
          <Pending />
        </Link>
      </li>
    );
  });
}
