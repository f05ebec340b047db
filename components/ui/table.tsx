import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

type TableProps = { caption: string; className?: string; children: ReactNode };

/** A dense table that scrolls sideways inside its own frame, which the keyboard can reach. */
export function Table({ caption, className, children }: TableProps) {
  return (
    <div
      role="group"
      aria-label={caption}
      tabIndex={0}
      className="relative overflow-x-auto rounded-[inherit]"
    >
      <table className={cn("nums w-full border-collapse text-left text-sm", className)}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead className="border-line text-muted border-b text-xs">
      <tr>{children}</tr>
    </thead>
  );
}

export function TableBody({ children }: { children: ReactNode }) {
  return <tbody className="divide-line divide-y">{children}</tbody>;
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return <tr {...props} className={cn("hover:bg-sunken", className)} />;
}

type CellProps = { numeric?: boolean };

export function HeaderCell({
  numeric = false,
  className,
  ...props
}: ComponentProps<"th"> & CellProps) {
  return (
    <th
      {...props}
      scope="col"
      className={cn(
        "px-3 py-2.5 font-medium whitespace-nowrap first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5",
        numeric && "text-right",
        className,
      )}
    />
  );
}

export function Cell({ numeric = false, className, ...props }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      {...props}
      className={cn(
        "px-3 py-2.5 align-middle first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5",
        numeric && "text-right whitespace-nowrap",
        className,
      )}
    />
  );
}
