import type { ReactNode } from "react";
import { cn } from "./cn.ts";

type EmptyStateProps = {
  title: string;
  icon?: ReactNode;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
};

/** What stands where there is nothing: why that is, and the way on. */
export function EmptyState({ title, icon, action, className, children }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-14 text-center", className)}>
      {icon === undefined ? null : (
        <div
          aria-hidden="true"
          className="bg-neutral-tint text-muted mb-4 flex size-12 items-center justify-center rounded-full"
        >
          {icon}
        </div>
      )}
      <h2 className="font-semibold">{title}</h2>
      {children === undefined ? null : (
        <div className="text-muted mt-1 max-w-md text-sm">{children}</div>
      )}
      {action === undefined ? null : (
        <div className="mt-5 flex flex-wrap justify-center gap-3">{action}</div>
      )}
    </div>
  );
}
