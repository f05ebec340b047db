import { cn } from "./cn.ts";

/** A grey bar in the place of text that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      className={cn("bg-neutral-tint h-4 animate-pulse rounded", className)}
    />
  );
}

/** The outline of a list, said to a screen reader as one sentence. */
export function ListSkeleton({ label, rows = 6 }: { label: string; rows?: number }) {
  return (
    <div role="status" className="space-y-5 p-5">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-6">
          <Skeleton className="w-1/3" />
          <Skeleton className="hidden w-1/4 sm:block" />
          <Skeleton className="ml-auto w-20" />
        </div>
      ))}
    </div>
  );
}
