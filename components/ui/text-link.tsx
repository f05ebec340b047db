import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { Link } from "./link.tsx";

/** A link within text: underlined, so that colour is not its only sign. */
export function TextLink({ className, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...props}
      className={cn(
        "decoration-line-strong font-medium underline underline-offset-4 hover:decoration-current",
        className,
      )}
    />
  );
}
