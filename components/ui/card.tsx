import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export function Card({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      {...props}
      className={cn("border-line bg-surface shadow-card rounded-xl border", className)}
    />
  );
}

type SectionProps = {
  /** Names the section for screen readers; unique on the page. */
  id: string;
  title: string;
  aside?: ReactNode;
  className?: string;
  bodyClassName?: string;
  children: ReactNode;
};

/** A titled card: a region of the page with its own heading. */
export function CardSection({
  id,
  title,
  aside,
  className,
  bodyClassName,
  children,
}: SectionProps) {
  return (
    <section
      aria-labelledby={id}
      className={cn("border-line bg-surface shadow-card min-w-0 rounded-xl border", className)}
    >
      <div className="border-line flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b px-4 py-2.5 sm:px-5">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {aside === undefined ? null : <div className="text-sm">{aside}</div>}
      </div>
      <div className={cn("p-4 sm:p-5", bodyClassName)}>{children}</div>
    </section>
  );
}
