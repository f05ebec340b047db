import { gatewayNames, type GatewayName } from "#lib/domain/payment";
import { hrefWith } from "../transactions/page-links.ts";
import { gatewayWords } from "../transactions/words.ts";
import { cn } from "../ui/cn.ts";
import { Link } from "../ui/link.tsx";

/** A link for each gateway; the one that is shown is marked. */
export function GatewayTabs({ path, current }: { path: string; current: GatewayName }) {
  return (
    <nav aria-label="Gateways" className="border-line mb-5 overflow-x-auto border-b">
      <ul className="flex">
        {gatewayNames.map((gateway) => (
          <li key={gateway}>
            <Link
              href={hrefWith(path, { gateway })}
              aria-current={gateway === current ? "page" : undefined}
              className={cn(
                "flex min-h-11 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap transition-colors",
                gateway === current
                  ? "border-signal text-ink"
                  : "text-muted hover:text-ink border-transparent",
              )}
            >
              {gatewayWords(gateway)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
